"""Which headers cross the gateway, and the head of a request to an upstream."""
