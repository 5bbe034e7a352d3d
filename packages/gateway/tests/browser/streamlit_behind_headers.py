"""A Streamlit app under uvicorn, with the security headers in front: the child process of the policy's test.

Arguments: the page's script, and the Content-Security-Policy (without frame-ancestors). Prints its address once it
listens; ends when its standard input closes, however the test ends.
"""

import asyncio
import socket
import sys

import uvicorn
from streamlit import config
from streamlit.starlette import App

from fluxlit_gateway.security_headers import SecurityHeaders, SecurityHeadersMiddleware


async def main(script: str, policy: str) -> None:
    # Streamlit reads its options when it is run by its own command; here nobody has.
    config.get_config_options(
        force_reparse=True,
        options_from_flags={"browser.gatherUsageStats": False, "server.fileWatcherType": "none"},
    )
    options = SecurityHeaders.for_streamlit(content_security_policy=policy)
    app = SecurityHeadersMiddleware(App(script), options=options)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


asyncio.run(main(sys.argv[1], sys.argv[2]))
