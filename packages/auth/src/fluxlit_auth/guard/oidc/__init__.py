"""`OIDC`: a login with OpenID Connect, kept on the server.

What an application writes is in `method`; a login from beginning to end in `login_flow`, its end in `logout_flow` and
`backchannel`; what is kept of it in `login_sessions`, and kept fresh in `refreshing`.
"""

__all__: tuple[str, ...] = ()
