from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import fluxlit_sidecar

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(fluxlit_sidecar.__path__, "fluxlit_sidecar.")
    if not module.name.endswith(("__main__", "rehearsal_page"))
)


def test_every_name_of_the_package_is_there_and_no_other() -> None:
    assert all(getattr(fluxlit_sidecar, name) is not None for name in fluxlit_sidecar.__all__)
    assert set(fluxlit_sidecar.__all__) == set(fluxlit_sidecar._HOME)
    assert set(fluxlit_sidecar.__all__) <= set(dir(fluxlit_sidecar))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = fluxlit_sidecar.Nothing


@pytest.mark.parametrize("name", MODULES)
def test_all_is_a_tuple_of_names_that_exist(name: str) -> None:
    module = importlib.import_module(name)
    names: tuple[str, ...] = getattr(module, "__all__", ())
    assert isinstance(names, tuple)
    assert len(names) == len(set(names))
    assert all(hasattr(module, public) for public in names)


def test_the_package_imports_neither_streamlit_nor_an_http_library_until_it_is_used() -> None:
    program = "import sys, fluxlit_sidecar.child; print({'streamlit', 'aiohttp', 'pydantic'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "set()"
    program = "import sys, fluxlit_sidecar as f; f.SidecarPool, f.streamlit_child; print('streamlit' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "False"
