"""A Streamlit server as a FluxLit worker has it: ``streamlit_child.py SCRIPT LISTENING_FD OPTIONS_AS_JSON``."""

import json
import socket
import sys

import uvicorn
from streamlit.starlette import App
from streamlit.web import bootstrap

from fluxlit_pages.sidecar_setup import prepare


def main() -> None:
    script, descriptor, options = sys.argv[1:]
    bootstrap.load_config_options(
        {
            "browser_gatherUsageStats": False,
            "server_headless": True,
            "server_fileWatcherType": "none",
            "runner_postScriptGC": False,
            **{name.replace(".", "_"): value for name, value in json.loads(options).items()},
        }
    )
    prepare()
    listening = socket.socket(fileno=int(descriptor))
    server = uvicorn.Server(uvicorn.Config(App(script), log_level="warning", lifespan="on"))
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
