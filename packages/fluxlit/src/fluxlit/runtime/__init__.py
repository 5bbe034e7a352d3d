"""The documented module path of serving: ASGI factories, addresses, loading, `run_unified` and its end."""

from fluxlit.runtime.addresses import find_free_port, internal_api_base_url
from fluxlit.runtime.factories import (
    asgi_from_fluxlit,
    create_gateway_app,
    create_unified_app,
    load_fluxlit,
    resolve_import_target_for_unified,
)
from fluxlit.runtime.serving import run_unified, shutdown_unified_process
from fluxlit.runtime.upstream_state import (
    STREAMLIT_UPSTREAM_FILE_ENV,
    read_streamlit_upstream_url,
    update_streamlit_upstream_file,
    write_streamlit_upstream_state,
)
from fluxlit_cli.serving.pidfile import DEFAULT_PIDFILE_NAME, default_pidfile_path

__all__ = (
    "DEFAULT_PIDFILE_NAME",
    "STREAMLIT_UPSTREAM_FILE_ENV",
    "asgi_from_fluxlit",
    "create_gateway_app",
    "create_unified_app",
    "default_pidfile_path",
    "find_free_port",
    "internal_api_base_url",
    "load_fluxlit",
    "read_streamlit_upstream_url",
    "resolve_import_target_for_unified",
    "run_unified",
    "shutdown_unified_process",
    "update_streamlit_upstream_file",
    "write_streamlit_upstream_state",
)
