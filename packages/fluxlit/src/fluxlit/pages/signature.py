"""The documented module path of the strict signature check; the code is `fluxlit_pages.signature`'s."""

from fluxlit_pages.signature import (
    validate_strict_page_signature,
)

__all__ = ("validate_strict_page_signature",)
