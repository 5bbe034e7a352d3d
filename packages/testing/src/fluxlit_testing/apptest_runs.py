"""The documented `AppTest` runs of an importable application, by `module:attribute`; `page` needs no module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxlit_testing.page_tests import apptest_assert_no_errors, page_environment, streamlit_main_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

__all__ = ("NO_API", "AppTestRuns")

# Nobody listens there: by default a test of pages alone has no API to call.
NO_API = "http://127.0.0.1:1"
_SECONDS = 30.0


class AppTestRuns:
    """Pages of `module:attribute` in `AppTest`, run by FluxLit's entry script."""

    api_prefix: str

    def streamlit(
        self,
        *,
        target: str,
        internal_api_base: str | None = None,
        extra_sys_path: Sequence[str | Path] | None = None,
        query_params: Mapping[str, str] | None = None,
        page_overrides: Mapping[str, Any] | None = None,
    ) -> AppTest:
        """Run the application's default page in `AppTest`.

        Args:
            target: The application, `module:attribute`.
            internal_api_base: Base URL of the API that the page's `client` calls; default: one where nobody answers.
            extra_sys_path: Folders to find the application in.
            query_params: The page's query parameters.
            page_overrides: JSON values for page parameters, by name.

        Raises:
            TypeError: An override is not JSON.
        """
        from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - Streamlit is heavy, and API tests need none

        at = AppTest.from_file(str(streamlit_main_path()), default_timeout=_SECONDS)
        for key, value in (query_params or {}).items():
            at.query_params[key] = value
        return self._run_target(
            at, target=target, api_base=internal_api_base, extra_sys_path=extra_sys_path, overrides=page_overrides
        )

    def select_page(
        self,
        at: AppTest,
        page: str,
        *,
        target: str,
        page_key: str = "page",
        internal_api_base: str | None = None,
        extra_sys_path: Sequence[str | Path] | None = None,
        page_overrides: Mapping[str, Any] | None = None,
    ) -> AppTest:
        """Open another page in a test that has run, by its title, path or slug; the rest as for `streamlit`."""
        at.query_params[page_key] = page
        return self._run_target(
            at, target=target, api_base=internal_api_base, extra_sys_path=extra_sys_path, overrides=page_overrides
        )

    def assert_no_streamlit_exception(self, at: AppTest) -> None:
        """Fail when the page raised, or showed `st.error`."""
        apptest_assert_no_errors(at)

    def _run_target(
        self,
        at: AppTest,
        *,
        target: str,
        api_base: str | None,
        extra_sys_path: Sequence[str | Path] | None,
        overrides: Mapping[str, Any] | None,
    ) -> AppTest:
        with page_environment(
            target=target,
            api_base=api_base or f"{NO_API}{self.api_prefix}",
            api_prefix=self.api_prefix,
            extra_sys_path=extra_sys_path or (),
            overrides=overrides,
        ):
            return at.run()
