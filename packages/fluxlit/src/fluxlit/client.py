"""The documented module path of the client; the code is `fluxlit_client`'s."""

from fluxlit_client import (
    ApiClient,
    AuthHeaderFactory,
)

__all__ = (
    "ApiClient",
    "AuthHeaderFactory",
)
