"""Who takes part: `lineup.py` names them, `environment.py` makes each its environment, `server.py` runs one of them."""
