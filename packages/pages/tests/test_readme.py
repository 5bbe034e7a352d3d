from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fluxlit_pages import load_page_app, main_path, validate_fluxlit_pages

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"<!-- run: app.py -->\n```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    assert EXAMPLE is not None
    (tmp_path / "app.py").write_text(EXAMPLE[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLUXLIT_APP", "app:app")
    return AppTest.from_file(str(main_path()), default_timeout=60)


def test_the_example_counts_visits(example: AppTest) -> None:
    example.run()
    assert not example.exception
    assert [title.value for title in example.title] == ["Visit 1"]
    assert example.run().title[0].value == "Visit 2"


def test_the_example_filters_reports_by_the_address(example: AppTest) -> None:
    example.query_params["page"] = "Reports"
    example.query_params["text"] = "te"
    example.run()
    assert not example.exception
    assert example.json[0].value == '["tea"]'
    assert example.sidebar.caption[0].value == "Finance / Reports te"


@pytest.mark.usefixtures("example")
def test_the_example_is_sound() -> None:
    assert validate_fluxlit_pages(load_page_app("app:app"), strict_signatures=True) == []
