"""One WebSocket with an upstream: handshake first, then frames both ways until either side closes."""
