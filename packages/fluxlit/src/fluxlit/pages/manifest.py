"""The documented module path of the page manifest; the code is `fluxlit_pages.manifest`'s."""

from fluxlit_pages.manifest import (
    MANIFEST_V1_PAGE_ALLOWED_KEYS,
    MANIFEST_V1_ROOT_KEYS,
    build_page_manifest,
)

__all__ = (
    "MANIFEST_V1_PAGE_ALLOWED_KEYS",
    "MANIFEST_V1_ROOT_KEYS",
    "build_page_manifest",
)
