"""The clients: wrk for HTTP, Streamlit's own messages over a WebSocket, Chromium through Playwright, plain sockets."""
