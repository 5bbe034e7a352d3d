"""Writes the reference page of the settings, from the fields' own descriptions."""

import json
from collections.abc import Iterator

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from fluxlit.settings.accepted import accepted_values
from fluxlit.settings.fields import (
    AuthFields,
    BrowserSecurityFields,
    GatewayFields,
    ObservabilityFields,
    PageFields,
    ServingFields,
    SessionFields,
    SidecarFields,
)

__all__ = ("settings_reference",)

_GROUPS: dict[str, type[BaseSettings]] = {
    "Serving": ServingFields,
    "Streamlit's processes": SidecarFields,
    "The gateway's hop": GatewayFields,
    "Browsers and other origins": BrowserSecurityFields,
    "Authentication": AuthFields,
    "Sessions": SessionFields,
    "Pages": PageFields,
    "Logs and metrics": ObservabilityFields,
}

_HEAD = """\
---
orphan: true
---

<!-- Written by scripts/generate-settings-reference.py; change the descriptions of the fields instead. -->

# Settings

Each setting can be given in several places. The strongest first:

1. a flag of the command, such as `--port`;
2. an argument, `FluxlitSettings(gateway_port=9000)`;
3. an environment variable, `FLUXLIT_GATEWAY_PORT=9000`;
4. a line of the same form in `.env`;
5. a key of `fluxlit.toml`, or of `[tool.fluxlit]` in `pyproject.toml` where there is no `fluxlit.toml`;
6. the default.

`fluxlit config` shows the effective value of each setting and where it came from. A key that does not exist, or a value
that is not accepted, is an error that names the place. Lists are written as `a, b` or as JSON in variables.
"""


def settings_reference() -> str:
    """The page, as MyST Markdown."""
    return "\n".join([_HEAD, *_lines()])


def _lines() -> Iterator[str]:
    for title, group in _GROUPS.items():
        yield f"## {title}\n"
        yield f"{(group.__doc__ or '').strip()}\n"
        for name, field in group.model_fields.items():
            yield from _entry(name, field)


def _entry(name: str, field: FieldInfo) -> Iterator[str]:
    yield f"`{name}`"
    yield f": {field.description}"
    yield f"  Variable `FLUXLIT_{name.upper()}`. Accepts {accepted_values(field)}. Default: {_default(field)}.\n"


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined or value is None:
        return "nothing"
    if isinstance(value, SecretStr) or value == "":
        return "empty"
    return f"`{json.dumps(value)}`"
