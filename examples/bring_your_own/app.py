from existing_api import api

from fluxlit import FluxLit

app = FluxLit(title="Orders and sales", api=api, script="dashboard.py")
