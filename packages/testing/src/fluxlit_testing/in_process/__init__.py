"""The application served within the test's own process: no port, no server."""
