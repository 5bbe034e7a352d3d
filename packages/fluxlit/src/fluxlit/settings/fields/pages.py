"""How strictly pages are checked, and what of them is experimental."""

from pydantic import Field
from pydantic_settings import BaseSettings

__all__ = ("PageFields",)


class PageFields(BaseSettings):
    """Page checks and experimental features."""

    strict_page_signatures: bool = Field(
        default=False, description="Refuse page functions with parameters that nothing can supply."
    )
    experimental_yield_pages: bool = Field(default=False, description="Experimental: page functions may be generators.")
    async_page_depends: bool = Field(default=False, description="Experimental: `Depends` of a page may be `async`.")
