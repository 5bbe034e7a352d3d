"""A cheap look at icons where pages are registered.

Streamlit raises for a bad icon while it builds the menu, which breaks every page. Its own check needs Streamlit, which
the API's process does not import; this one finds the usual mistakes without it.
"""

import re

from fluxlit_pages.errors import PageRegistrationError

__all__ = ("require_plausible_icon",)

_MATERIAL = re.compile(r"^:material/[a-z0-9_]+:$")


def require_plausible_icon(icon: str | None, *, of: str) -> None:
    """Refuse an icon that is no emoji, no ``:material/name:`` and not ``spinner``.

    Raises:
        PageRegistrationError: The message names `of`.
    """
    if not icon or icon == "spinner" or _MATERIAL.match(icon) or not icon.isascii():
        return
    raise PageRegistrationError(
        f"Icon {icon!r} of {of} is neither an emoji nor a Material symbol. Write the emoji itself, or a Material "
        "symbol as ':material/home:'."
    )
