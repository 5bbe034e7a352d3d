"""Bodies that come or go bit by bit: text, JSON lines, server-sent events, files."""
