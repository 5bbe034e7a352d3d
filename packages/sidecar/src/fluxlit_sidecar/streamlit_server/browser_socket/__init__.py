"""A browser's WebSocket as a sidecar serves it: small messages cost little, and several are written as one."""
