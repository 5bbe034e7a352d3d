"""Streamlit's static files, served by the gateway itself: precompressed, cached for good, off the sidecar.

API sketch, for a gateway::

    assets = StaticAssets.for_streamlit(cache_dir=options.assets_cache_dir)   # None: no Streamlit in this environment
    await assets.start()                                                      # lifespan startup
    ...
    asset = assets.match(path_below_the_mount)                                # a dict lookup
    if asset is not None and await assets.respond(asset, scope, send):
        return                                                                # answered
    ...otherwise the upstream answers
    await assets.stop()                                                       # lifespan shutdown

`match` knows the files below ``/static/`` and ``/favicon.png``; index.html and everything else is the upstream's.
"""

from fluxlit_gateway.assets.errors import AssetCacheError, AssetChangedError
from fluxlit_gateway.assets.inventory import Asset
from fluxlit_gateway.assets.responder import StaticAssets

__all__ = ("Asset", "AssetCacheError", "AssetChangedError", "StaticAssets")
