"""Checks of the addresses: where the gateway listens, and what pages call."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from fluxlit_cli.configuration.payload import internal_api_base
from fluxlit_cli.configuration.warnings import is_absolute_url, normal_mount
from fluxlit_cli.doctor.check import Examination, Result, failed, passed, warned
from fluxlit_cli.errors import CliError
from fluxlit_cli.serving.listening import bind_address

__all__ = ("gateway_bind", "internal_api")


def gateway_bind(examination: Examination) -> Iterator[Result]:
    """Whether the configured address can be bound now."""
    if examination.app is None:
        return
    host, port = examination.settings.gateway_host, examination.settings.gateway_port
    try:
        bind_address(host, port).close()
    except CliError as error:
        problem, _, remedy = str(error).partition(". ")
        yield failed("gateway_bind", problem, remedy)
    else:
        yield passed("gateway_bind", f"{host}:{port} is free")


def internal_api(examination: Examination) -> Iterator[Result]:
    """Whether somebody has set what FluxLit sets for its pages."""
    name = "FLUXLIT_INTERNAL_API_BASE"
    value = examination.environ.get(name, "").strip()
    remedy = f"Unset {name}: FluxLit sets it for its pages."
    if not value:
        yield passed(name, "unset; set by FluxLit for its pages")
    elif value.startswith("http+unix://"):
        yield passed(name, value)
    elif not is_absolute_url(value):
        yield failed(name, f"{value!r} is no absolute URL", remedy)
    elif examination.app is not None and urlsplit(value).path.rstrip("/") != _api_mount(examination):
        yield warned(name, f"{value!r} does not end in the API's mount {_api_mount(examination)!r}", remedy)
    elif examination.app is not None and value.rstrip("/") != internal_api_base(examination.settings):
        yield passed(name, f"{value} (the binding gives {internal_api_base(examination.settings)})")
    else:
        yield passed(name, value)


def _api_mount(examination: Examination) -> str:
    return normal_mount(examination.settings.api_mount_path)
