"""A pleasant, typed HTTP client for pages that call an API: shared connections, Unix sockets, models in and out."""
