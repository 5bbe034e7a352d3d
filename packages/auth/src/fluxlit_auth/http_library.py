"""The HTTP library of this package, named here alone.

It is httpx2, which has the interface of httpx. Its clients honour `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and
`NO_PROXY` of the environment, as a request to an identity provider outside needs; put a provider inside the network
into `NO_PROXY`.
"""

import httpx2 as httpx

__all__ = ("httpx",)
