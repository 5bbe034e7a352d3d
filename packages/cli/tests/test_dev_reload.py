from __future__ import annotations

import signal
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run


def get(address: str, path: str = "/") -> bytes:
    with urllib.request.urlopen(address + path, timeout=60) as answer:
        return answer.read()


def save(file: Path, before: str, after: str) -> None:
    """Save as editors do: a new file in the place of the old one."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    temporary = file.with_suffix(".tmp")
    temporary.write_text(text.replace(before, after), encoding="utf-8")
    temporary.replace(file)


def test_saving_code_reloads_the_api_on_the_same_port(run: Run, folder: Path) -> None:
    server = run("dev", "--port", "0")
    address = server.url()
    assert get(address) == b"ANSWER"
    save(folder / "app.py", "ANSWER", "CHANGED")
    server.line_with("app.py changed; reloading.")
    assert server.url() == address
    assert get(address) == b"CHANGED"


def test_a_request_that_arrives_while_it_reloads_waits_and_is_answered(run: Run, folder: Path) -> None:
    server = run("dev", "--port", "0")
    address = server.url()
    save(folder / "app.py", "ANSWER", "CHANGED")
    server.line_with("lifespan ended")
    assert get(address) == b"CHANGED"


def test_broken_code_is_told_and_mended_code_is_served(run: Run, folder: Path) -> None:
    server = run("dev", "--port", "0")
    address = server.url()
    save(folder / "app.py", "app = Tiny()", "app = Tiny(")
    server.line_with("SyntaxError")
    server.line_with("starts again once a file is saved")
    save(folder / "app.py", "app = Tiny(", "app = Tiny()")
    assert server.url() == address
    assert get(address) == b"ANSWER"


def test_code_that_is_broken_from_the_start_ends_it(run: Run, folder: Path) -> None:
    (folder / "app.py").write_text("app = (\n", encoding="utf-8")
    server = run("dev")
    assert server.end() == 1
    assert "SyntaxError" in server.text
    assert "Traceback" not in server.text


def test_other_files_do_not_reload(run: Run, folder: Path) -> None:
    server = run("dev", "--port", "0")
    server.url()
    (folder / "data.db").write_text("x", encoding="utf-8")
    (folder / "app.log").write_text("x", encoding="utf-8")
    (folder / "fluxlit.toml").write_text("", encoding="utf-8")
    (folder / "module.py").write_text("", encoding="utf-8")
    # The first that is told is the first that counts.
    assert server.line_with("changed; reloading.") == "[fluxlit] module.py changed; reloading."


def test_the_full_scope_reloads_for_configuration_too(run: Run, folder: Path) -> None:
    server = run("dev", "--port", "0", "--reload-scope", "full")
    server.url()
    (folder / "fluxlit.toml").write_text("", encoding="utf-8")
    server.line_with("fluxlit.toml changed; reloading.")


def test_without_reload_saving_changes_nothing(run: Run, folder: Path) -> None:
    server = run("dev", "--no-reload")
    address = server.url()
    save(folder / "app.py", "ANSWER", "CHANGED")
    assert get(address) == b"ANSWER"
    server.send(signal.SIGTERM)
    assert server.end() == 0
    assert "reloading" not in server.text


def test_ctrl_c_ends_parent_and_child_with_exit_130(run: Run, folder: Path) -> None:
    server = run("dev", "--port", "0")
    server.url()
    server.send(signal.SIGINT)
    assert server.end() == 130
    assert "lifespan ended" in server.text
    assert "Traceback" not in server.text
    assert not (folder / ".fluxlit-dev.pid").exists()


def test_sigterm_ends_parent_and_child_with_exit_0(run: Run) -> None:
    server = run("dev", "--port", "0")
    server.url()
    server.send(signal.SIGTERM)
    assert server.end() == 0
    assert "lifespan ended" in server.text


def test_the_child_ends_when_the_parent_is_killed(run: Run) -> None:
    server = run("dev", "--port", "0")
    server.url()
    server.send(signal.SIGKILL)
    # The child shares the parent's output: the end of it is the end of the child.
    assert server.end() == -signal.SIGKILL
    assert "lifespan ended" in server.text


def test_sighup_reaches_the_child(run: Run) -> None:
    server = run("dev", "--port", "0")
    server.url()
    server.send(signal.SIGHUP)
    server.line_with("reload_ui was called")


def test_the_pidfile_names_the_parent(run: Run, folder: Path) -> None:
    server = run("dev", "--port", "0")
    server.url()
    assert (folder / ".fluxlit-dev.pid").read_text(encoding="utf-8").startswith(f"{server.process.pid}\n")


def test_streamlit_learns_that_this_is_development(run: Run, folder: Path) -> None:
    (folder / "app.py").write_text(
        "import os\nprint('mode', os.environ['FLUXLIT_DEVELOPMENT'])\nraise SystemExit\n", encoding="utf-8"
    )
    server = run("dev")
    assert server.end() == 1
    assert "mode 1" in server.text


def test_open_shows_the_page_in_the_browser(run: Run, folder: Path) -> None:
    browser = folder / "browser"
    browser.write_text("#!/bin/sh\necho opened $1\n", encoding="utf-8")
    browser.chmod(0o755)
    server = run("dev", "--port", "0", "--open", BROWSER=f"{browser} %s")
    address = server.url()
    assert server.line_with("opened") == f"opened {address}/"
