from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fluxlit_pages import errors, load_page_app, load_target
from fluxlit_pages.target import source_folder, split_target

Write = Callable[[str, str], Path]


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("app:app", ("app", "app")),
        (" pkg.mod : obj ", ("pkg.mod", "obj")),
        ("a:b:c", ("a", "b:c")),
        (r"C:\apps\app.py:app", (r"C:\apps\app.py", "app")),
    ],
)
def test_the_first_colon_parts_module_and_attribute(target: str, parts: tuple[str, str]) -> None:
    assert split_target(target) == parts


@pytest.mark.parametrize("target", ["", "app", "app:", ":app", "  :  "])
def test_a_target_without_both_parts_is_refused(target: str) -> None:
    with pytest.raises(errors.TargetSyntaxError, match="module:attribute") as caught:
        load_target(target)
    assert isinstance(caught.value, ValueError)


def test_a_file_beside_is_preferred_to_the_path(write_module: Write) -> None:
    write_module("other/first_choice.py", "value = 'on the path'\n")
    write_module("first_choice.py", "value = 'beside'\n")
    sys.path.insert(0, str(Path("other").resolve()))
    assert load_target("first_choice:value") == "beside"


def test_a_file_is_loaded_by_its_path_under_its_stem(write_module: Write) -> None:
    file = write_module("apps/by_path.py", "import by_path_sibling\nvalue = by_path_sibling.value\n")
    write_module("apps/by_path_sibling.py", "value = 7\n")
    assert load_target("apps/by_path.py:value") == 7
    assert load_target(f"{file}:value") == 7
    assert sys.modules["by_path"].__file__ == str(file)
    assert sys.path[0] == str(file.parent)


def test_a_module_that_is_already_loaded_from_the_file_is_used_again(write_module: Write) -> None:
    write_module("parcel/__init__.py", "")
    write_module("parcel/inner.py", "value = object()\n")
    sys.path.insert(0, str(Path.cwd()))
    first = load_target("parcel.inner:value")
    assert load_target("parcel/inner.py:value") is first


def test_another_folder_with_the_same_name_is_another_application(
    write_module: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        write_module(f"{name}/same_name.py", f"value = {name!r}\n")
    for name in ("one", "two", "one"):
        monkeypatch.chdir(tmp_path / name)
        assert load_target("same_name:value") == name


def test_a_module_taken_out_is_read_again(write_module: Write) -> None:
    write_module("edited.py", "value = 'before'\n")
    assert load_target("edited:value") == "before"
    # Other size as well as other content: Python's bytecode cache goes by time in seconds and size.
    write_module("edited.py", "value = 'afterwards'\n")
    del sys.modules["edited"]
    assert load_target("edited:value") == "afterwards"


def test_dotted_attributes(write_module: Write) -> None:
    write_module("holder.py", "class Box:\n    inner = 3\n")
    assert load_target("holder:Box.inner") == 3


@pytest.mark.parametrize("target", ["no_such_module:app", "no_such_package.inner:app", "missing/file.py:app"])
def test_a_missing_module_is_named_with_what_to_do(target: str) -> None:
    with pytest.raises(errors.TargetModuleNotFoundError, match=r"no_such|missing") as caught:
        load_target(target)
    assert isinstance(caught.value, ModuleNotFoundError)


def test_a_missing_attribute_is_named_with_what_there_is(write_module: Write) -> None:
    write_module("holder.py", "application = 1\n")
    with pytest.raises(errors.TargetAttributeError, match=r"'app'.*application"):
        load_target("holder:app")


def test_something_else_than_an_application_is_refused(write_module: Write) -> None:
    write_module("holder.py", "app = 1\n")
    with pytest.raises(errors.TargetTypeError, match="is a int"):
        load_page_app("holder:app")


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("raise ValueError('broken setting')\n", ValueError),
        ("import dependency_that_is_not_there\n", ModuleNotFoundError),
        ("raise SystemExit(3)\n", SystemExit),
        ("def f(:\n", SyntaxError),
    ],
)
def test_a_failing_import_is_reported_as_itself_every_time(
    write_module: Write, source: str, cause: type[BaseException]
) -> None:
    write_module("fails.py", source)
    for _ in range(3):
        with pytest.raises(errors.TargetImportError, match="'fails' raised") as caught:
            load_target("fails:app")
        assert isinstance(caught.value.__cause__, cause)
    assert "fails" not in sys.modules


def test_a_file_with_the_name_of_a_loaded_library_module_is_refused(write_module: Write) -> None:
    write_module("json.py", "app = 1\n")
    with pytest.raises(errors.TargetImportError, match="Rename"):
        load_target("json:app")
    assert "JSON" in (sys.modules["json"].__doc__ or "")


def test_the_folder_that_an_application_is_imported_from(write_module: Write) -> None:
    write_module("apps/plain_module.py", "app = 1\n")
    write_module("apps/packed/__init__.py", "app = 1\n")
    write_module("apps/packed/inner.py", "app = 1\n")
    sys.path.insert(0, str(Path("apps").resolve()))
    for target in ("apps/plain_module.py:app", "packed:app", "packed.inner:app"):
        load_target(target)
        assert source_folder(target) == Path("apps").resolve()
    assert source_folder("never_loaded:app") is None
