"""Where the login's own routes and the pages are, as the browser sees them.

Nothing has to be configured for that on one host: the prefix in front of our routes (a mount, FastAPI's `root_path`, a
router's prefix) is read off the request that is being answered. `public_base_url` replaces scheme and host, and the
part of the path that a proxy takes away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.types import Scope

__all__ = ("Addresses", "with_query")


@dataclass(frozen=True)
class Addresses:
    """Builds the login's URLs.

    Args:
        public_base_url: What the browser sees; its path may be the public mount, with or without the API's prefix.
        api_prefix: Where the API is below the mount, such as `/api`; empty if the pages are not below it.
    """

    public_base_url: str
    api_prefix: str

    def sibling(self, request: Request, *, here: str, there: str) -> str:
        """The URL of our route `there`, while our route `here` is answering."""
        path = _public_path(request.scope).removesuffix(here) + there
        base = urlsplit(self.public_base_url)
        mount = base.path.rstrip("/")
        known_here = not mount or path == mount or path.startswith(mount + "/")
        return self._origin(request) + (path if known_here else mount + path)

    def page(self, request: Request, path: str, query: Mapping[str, str]) -> str:
        """The URL of a page, or of wherever else `path` says if it is absolute."""
        if urlsplit(path).scheme in {"http", "https"}:
            return with_query(path, query)
        base = urlsplit(self.public_base_url)
        mount = base.path if base.path.rstrip("/") else str(request.scope.get("root_path", ""))
        mount = mount.rstrip("/")
        if self.api_prefix and (mount == self.api_prefix or mount.endswith(self.api_prefix)):
            mount = mount.removesuffix(self.api_prefix)
        return with_query(f"{self._origin(request)}{mount}/{path.lstrip('/')}", query)

    def secure(self, request: Request) -> bool:
        """Whether the browser talks HTTPS to us."""
        return self._origin(request).startswith("https:")

    def _origin(self, request: Request) -> str:
        base = urlsplit(self.public_base_url)
        if base.scheme and base.netloc:
            return f"{base.scheme}://{base.netloc}"
        return f"{request.url.scheme}://{request.url.netloc}"


def with_query(url: str, query: Mapping[str, str]) -> str:
    """`url` with more query parameters; those that it has are kept, a fragment stays at the end."""
    before, hash_sign, fragment = url.partition("#")
    separator = "&" if "?" in before else "?"
    return f"{before}{separator}{urlencode(query)}{hash_sign}{fragment}"


def _public_path(scope: Scope) -> str:
    """The path with all that is in front of the app; some servers and proxies leave `root_path` out of `path`."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    return path if not root or path == root or path.startswith(root + "/") else root + path
