"""Who may open a page: the user of a run, and what the page and the application ask for.

The gateway refuses a page's address before anything of it is sent. Here the same is decided again for every run, since
a browser that is on one page goes to another over the socket that it has.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxlit_auth.guard.path_rules import PathRules
from fluxlit_auth.identity.requirements import Requirement, meets
from fluxlit_auth.identity.user_header import USER_HEADER
from fluxlit_pages.di.page_user import user_header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_auth import User
    from fluxlit_pages.page_app import PageApp
    from fluxlit_pages.page_record import PageRecord

__all__ = ("PageAccess", "page_access", "page_identity_headers")


@dataclass(frozen=True, slots=True)
class PageAccess:
    """What one page asks for; the gateway's guard takes it as a `GuardedPage`."""

    paths: tuple[str, ...]
    """The addresses that show it."""
    public: bool
    requires: tuple[Requirement, ...]
    is_guarded: bool
    """Whether the application asks everybody for an identity."""

    def admits(self, user: User | None) -> bool:
        """Whether the page may be shown to this user, or to nobody in particular."""
        if user is None:
            return not self.requires and (self.public or not self.is_guarded)
        return meets(user, self.requires)


def page_access(app: PageApp) -> Mapping[str, PageAccess]:
    """What the pages of an application ask for, by slug."""
    plan: object = getattr(app, "guard_plan", None)
    found = getattr(plan, "rules", None)
    rules = found if isinstance(found, PathRules) else PathRules()
    default = app.page_registry.menu.default
    return {
        record.slug: _access(record, rules, is_default=record is default, is_guarded=bool(getattr(plan, "methods", ())))
        for record in app.page_registry.menu.records
    }


def page_identity_headers() -> Mapping[str, str]:
    """What the client of a page tells the internal API: whose run this is. Empty outside of a run.

    Asked for each request, not once for a client: a client that is cached for all users must not speak for one of them.
    """
    value = user_header(sys.modules.get("streamlit"))
    return {USER_HEADER: value} if value else {}


def _access(record: PageRecord, rules: PathRules, *, is_default: bool, is_guarded: bool) -> PageAccess:
    path = f"/{record.slug}"
    paths = (path, "/") if is_default else (path,)
    required = tuple(dict.fromkeys(each for path in paths for each in rules.requirements(path)))
    public = record.public or any(rules.is_public(path) for path in paths)
    return PageAccess(paths, public and not required, record.requires + required, is_guarded)
