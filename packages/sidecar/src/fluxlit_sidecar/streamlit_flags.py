"""Streamlit's command-line flags, as users know them from ``streamlit run``, read before anything is started."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Protocol, cast

from fluxlit_sidecar.errors import SidecarOptionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ("environment_options", "parse_streamlit_flags", "validate_streamlit_options")

_OWNED = {
    "server.port": "sidecars have no port of their own; set the port of the gateway",
    "server.address": "sidecars have no address of their own; set the host of the gateway",
    "server.baseUrlPath": "the base path follows from the public path of the application; set that",
    "server.headless": "sidecars are always headless",
}
# The words that Streamlit's command line takes for a boolean.
_TRUE = {"true", "t", "1", "yes", "y", "on"}
_FALSE = {"false", "f", "0", "no", "n", "off"}


class _Option(Protocol):
    """The part of Streamlit's ConfigOption that is read here."""

    key: str
    type: type
    multiple: bool
    sensitive: bool
    env_var: str


def parse_streamlit_flags(arguments: Sequence[str]) -> dict[str, object]:
    """Read flags such as ``["--server.maxUploadSize", "50"]`` into options by dotted name.

    Args:
        arguments: Flags in the form ``--name value`` or ``--name=value``; a boolean may stand alone.

    Raises:
        SidecarOptionError: A flag is unknown, malformed, has a bad value or is owned by the supervisor.

    Example:
        >>> parse_streamlit_flags(["--server.maxUploadSize", "50"])
        {'server.maxUploadSize': 50}
    """
    if not arguments:
        return {}
    known = _known_options()
    options: dict[str, object] = {}
    for flag, name, text in _pairs(arguments, known):
        option = _checked(name, flag=flag, known=known)
        value = _convert(text, option=option, flag=flag)
        if option.multiple:
            options[name] = [*cast("list[object]", options.get(name, [])), value]
        else:
            options[name] = value
    return options


def environment_options(environ: Mapping[str, str]) -> dict[str, object]:
    """The options that ``STREAMLIT_*`` variables set, which only Streamlit's command line would read.

    Raises:
        SidecarOptionError: A variable has a bad value.
    """
    options: dict[str, object] = {}
    for name, option in _known_options().items():
        # Streamlit reads the sensitive ones itself. An empty variable counts as unset on its command line too.
        text = environ.get(option.env_var, "")
        if option.sensitive or not text:
            continue
        parts = text.split() if option.multiple else [text]
        values = [_convert(part, option=option, flag=option.env_var) for part in parts]
        options[name] = values if option.multiple else values[0]
    return options


def validate_streamlit_options(options: Mapping[str, object]) -> None:
    """Refuse options by dotted name that are unknown or owned by the supervisor.

    Raises:
        SidecarOptionError: As said.
    """
    if not options:
        return
    known = _known_options()
    for name in options:
        _checked(name, flag=name, known=known)


def _pairs(arguments: Sequence[str], known: Mapping[str, _Option]) -> Iterator[tuple[str, str, str]]:
    rest = list(arguments)
    while rest:
        flag = rest.pop(0)
        if not flag.startswith("--") or flag == "--":
            raise SidecarOptionError(f"{flag!r} is no Streamlit flag; they have the form --section.name value")
        name, equals, text = flag.removeprefix("--").partition("=")
        option = known.get(name)
        if not equals:
            stands_alone = option is not None and option.type is bool and (not rest or rest[0].startswith("--"))
            if not stands_alone and not rest:
                _checked(name, flag=flag, known=known)
                raise SidecarOptionError(f"the Streamlit flag {flag!r} has no value")
            text = "true" if stands_alone else rest.pop(0)
        yield flag, name, text


def _checked(name: str, *, flag: str, known: Mapping[str, _Option]) -> _Option:
    if name in _OWNED:
        raise SidecarOptionError(f"{flag!r} is not for the user to set: {_OWNED[name]}")
    option = known.get(name)
    if option is None:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean '--{near[0]}'?" if near else "see `streamlit run --help`"
        raise SidecarOptionError(f"{flag!r} is no option of the installed Streamlit; {hint}")
    if option.sensitive:
        raise SidecarOptionError(f"{flag!r} is a secret and no flag; set {option.env_var} or use config.toml")
    return option


def _convert(text: str, *, option: _Option, flag: str) -> object:
    try:
        if option.type is bool:
            return _boolean(text)
        return option.type(text)
    except ValueError:
        raise SidecarOptionError(
            f"the Streamlit option {flag!r} has the value {text!r}, which is no {option.type.__name__}"
        ) from None


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError(text)


def _known_options() -> Mapping[str, _Option]:
    # Only imported when there are flags to read: it costs half a second.
    from streamlit import config  # noqa: PLC0415 - see above

    return cast("Mapping[str, _Option]", config._config_options_template)  # noqa: SLF001 - Streamlit's own command line reads the same table
