"""What operators see: the access log, metrics, and the debug page."""
