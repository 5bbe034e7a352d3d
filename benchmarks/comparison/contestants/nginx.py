"""The configuration of the nginx contestant: what a careful operator would write for these two servers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TEMPLATE = """
{user}
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 2000m;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_read_timeout 3600s;
    upstream api {{ server 127.0.0.1:{api}; keepalive 64; }}
    upstream ui {{ server 127.0.0.1:{ui}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port};
        location /api/ {{ proxy_pass http://api; }}
        location / {{ proxy_pass http://ui; }}
    }}
}}
"""


def nginx_configuration(folder: Path, *, port: int, api: int, ui: int) -> str:
    """The text of ``nginx.conf``.

    Args:
        folder: Where it keeps what it writes.
        port: Where it listens.
        api: The port of the routes' server.
        ui: The port of the pages' server.
    """
    # Under root, nginx hands its workers to another user, who could not look into a private folder.
    user = "user root;" if os.geteuid() == 0 else ""
    return _TEMPLATE.format(user=user, folder=folder, port=port, api=api, ui=ui)
