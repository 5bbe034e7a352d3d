"""Traces with OpenTelemetry, by the extra `otel`: one tree from a browser's request to the endpoint behind a page."""
