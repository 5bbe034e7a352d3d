"""Identity for pages, sockets, files and API: JWT, OpenID Connect, forward-auth."""
