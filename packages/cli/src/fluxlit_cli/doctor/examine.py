"""Runs every check, in the order that readers and scripts know."""

import os
from collections.abc import Iterable

from fluxlit_cli.application import load_application
from fluxlit_cli.doctor import authentication, binding, gateway, installation, pages, public_address
from fluxlit_cli.doctor.bytecode import bytecode
from fluxlit_cli.doctor.check import Check, Examination, Result, Status
from fluxlit_cli.errors import CliError

__all__ = ("CHECKS", "examine", "overall", "run_checks")

CHECKS: tuple[Check, ...] = (
    installation.python,
    installation.import_shadowing,
    installation.import_target,
    installation.import_module_file,
    installation.dependencies,
    installation.streamlit_version,
    bytecode,
    binding.gateway_bind,
    binding.internal_api,
    authentication.jwt_clock_skew,
    authentication.auth_extra,
    authentication.metrics_extra,
    public_address.overview,
    public_address.public_base_url_precedence,
    public_address.oauth_public_base_url,
    public_address.proxy_headers,
    public_address.forwarded_allow_ips,
    public_address.max_proxy_body,
    public_address.public_base_url,
    gateway.routes,
    gateway.upstream_timeouts,
    gateway.async_depends,
    gateway.forward_client_headers,
    gateway.forward_rejected_names,
    gateway.upstream_state,
    gateway.security_headers,
    pages.pages_validate,
    pages.experimental_yield_pages,
)


def examine(target: str, *, strict: bool, with_pages: bool) -> Examination:
    """Load ``target``, or note why that failed."""
    app, problem = None, ""
    try:
        app = load_application(target)
    except CliError as error:
        problem = str(error)
    return Examination(
        target=target, app=app, problem=problem, strict=strict, with_pages=with_pages, environ=dict(os.environ)
    )


def run_checks(examination: Examination) -> list[Result]:
    """Every row, in order."""
    return [result for check in CHECKS for result in check(examination)]


def overall(results: Iterable[Result]) -> Status:
    """The worst status."""
    statuses = {result.status for result in results}
    return next((status for status in (Status.FAIL, Status.WARN) if status in statuses), Status.PASS)
