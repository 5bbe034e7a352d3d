"""The compressed forms of Streamlit's static files, made before anything is measured.

FluxLit makes them once for an installation, in the background of its first minutes; a comparison that begins in a fresh
checkout would measure that minute.
"""

from __future__ import annotations

import hashlib
from threading import Event

from benchmarks.comparison.contestants.environment import ASSET_CACHE

from fluxlit_gateway.assets.accept_encoding import ENCODINGS
from fluxlit_gateway.assets.compression import compress
from fluxlit_gateway.assets.inventory import find_assets
from fluxlit_gateway.assets.lean.front_end import LeanFrontEnd
from fluxlit_gateway.assets.streamlit_install import find_streamlit
from fluxlit_gateway.assets.variant_store import VariantStore


def fill_asset_cache() -> None:
    """Make what is missing; about a minute the first time."""
    install = find_streamlit()
    if install is None:
        return
    store = VariantStore(ASSET_CACHE, key=f"streamlit-{install.version}")
    lean = LeanFrontEnd(install.static, find_assets(install.static), store=store)
    lean.make(Event())
    # Files that are made of others have names and contents of their own with each version of what makes them.
    kinds = hashlib.sha256("".join(sorted(asset.revision for asset in lean.derived())).encode()).hexdigest()[:8]
    done = ASSET_CACHE / f"{install.version}-{kinds}.complete"
    if done.exists():
        return
    for asset in lean.view.assets.values():
        # The last of them is the plain form.
        for encoding in ENCODINGS[:-1] if asset.compressible else ():
            plain = asset.read()
            if store.load(asset, encoding, plain=plain) is None:
                coded = compress(plain, encoding, "best")
                if coded is not None:
                    store.save(asset, encoding, coded, plain=plain)
    done.touch()
