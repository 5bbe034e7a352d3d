"""The one module that names the HTTP library, so that changing it is a one-line change."""

import httpx2 as httpx

__all__ = ("httpx",)
