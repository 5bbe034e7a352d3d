"""One ASGI gateway in front of an API and an HTTP upstream."""
