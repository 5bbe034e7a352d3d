"""A menu entry that leads out of the application."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fluxlit_pages.errors import PageRegistrationError

__all__ = ("LinkRecord",)


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """An external link in the menu; Streamlit opens it in a new tab."""

    url: str
    """Absolute, ``http`` or ``https``."""
    title: str
    icon: str | None = None
    section: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise PageRegistrationError(
                f"Link {self.url!r} is not an absolute http(s) address, which is what Streamlit can open. "
                "Write it with scheme and host; pages of the application are registered with @app.page."
            )
        if not self.title.strip():
            raise PageRegistrationError(f"Link {self.url!r} has no title. Streamlit shows links by their title.")
