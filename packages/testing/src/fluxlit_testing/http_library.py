"""The HTTP library of this package, named in one place."""

import httpx2 as httpx

__all__ = ("httpx",)
