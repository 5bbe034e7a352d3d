"""The methods of authentication that need no login of ours: Basic, bearer tokens, a proxy's word."""

__all__: tuple[str, ...] = ()
