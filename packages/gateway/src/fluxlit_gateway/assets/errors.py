"""What can go wrong with assets: neither ever reaches a browser."""

from fluxlit_gateway.errors import GatewayConfigurationError, GatewayError

__all__ = ("AssetCacheError", "AssetChangedError")


class AssetCacheError(GatewayConfigurationError):
    """The cache folder cannot be used; the message names it and says what to do."""


class AssetChangedError(GatewayError):
    """A file is no longer what it was when the files were listed: Streamlit was replaced while running."""
