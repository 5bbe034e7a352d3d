"""Pages, in process: from the widget over the client and the route to the database."""

import sqlite3
from collections.abc import Callable

import pytest

from fluxlit_auth import User
from fluxlit_testing import PageTest

pytestmark = pytest.mark.usefixtures("tasks_database")


def test_a_task_is_added(fluxlit_page: Callable[..., PageTest], tasks_database: sqlite3.Connection) -> None:
    page = fluxlit_page("/")

    page.text_input[0].input("Bake bread").run()
    page.button[0].click().run()

    assert page.checkbox[0].label == "Bake bread"
    assert tasks_database.execute("select title from task").fetchall() == [("Bake bread",)]


def test_a_link_leads_to_a_task(fluxlit_page: Callable[..., PageTest], tasks_database: sqlite3.Connection) -> None:
    tasks_database.execute("insert into task (title) values ('Bake bread')")

    page = fluxlit_page("/task", query={"id": "1"})
    page.button[0].click().run()

    assert (page.title[0].value, page.text[0].value) == ("Bake bread", "done")


def test_the_page_greets_its_user(fluxlit_page: Callable[..., PageTest]) -> None:
    page = fluxlit_page("/", user=User(id="ada", name="Ada"))

    assert page.title[0].value == "Tasks of Ada"


def test_going_from_page_to_page(fluxlit_page: Callable[..., PageTest]) -> None:
    page = fluxlit_page("/")

    page.open("/task", query={"id": "7"})

    assert page.title[0].value == "No such task"
