"""One HTTP exchange with an upstream, streamed both ways."""
