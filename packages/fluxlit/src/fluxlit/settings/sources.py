"""The sources of settings, strongest first: flags, arguments, environment, ``.env``, project file.

Each source notes where its values stand. A key that no setting has is passed on, so that the model refuses it.
"""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
)

from fluxlit.settings.known_variables import is_foreign_variable
from fluxlit.settings.origins import Origin, note
from fluxlit_cli.project import ProjectFile, read_project_file

__all__ = ("COMMAND_LINE_VARIABLE", "NotedSource", "UnknownVariables", "project_sources")

COMMAND_LINE_VARIABLE = "FLUXLIT_COMMAND_LINE"
"""Carries the flags of ``fluxlit run`` to every process of the application, as ``{setting: [flag, value]}``."""

_PROJECT_KEYS = frozenset({"target"})
"""Keys of the project file that are no settings: the command reads them itself."""


class NotedSource(PydanticBaseSettingsSource):
    """Another source, whose values it passes on and whose places it notes."""

    def __init__(
        self, settings_cls: type[BaseSettings], source: Callable[[], dict[str, Any]], place: Callable[[str], Origin]
    ) -> None:
        super().__init__(settings_cls)
        self._read = source
        self._place = place

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Nothing: the source is read as a whole."""
        del field
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """The values, once their places are noted."""
        values = {name: value for name, value in self._read().items() if not _belongs_to_subclass(self, name)}
        for name in values:
            note(name, self._place(name))
        return values


class UnknownVariables:
    """Reads the variables that carry the settings' prefix and name no setting: most of them are misspelt."""

    def __init__(self, settings_cls: type[BaseSettings], names: Callable[[], Iterable[str]]) -> None:
        self._prefix = settings_cls.model_config.get("env_prefix", "").lower()
        self._fields = settings_cls.model_fields
        self._names = names

    def __call__(self) -> dict[str, Any]:
        """Each such variable, as if it were a setting."""
        found: dict[str, Any] = {}
        for variable in self._names():
            name = variable.lower().removeprefix(self._prefix)
            ours = bool(self._prefix) and variable.lower().startswith(self._prefix)
            if ours and name not in self._fields and not is_foreign_variable(variable):
                found[name] = os.environ.get(variable, "")
        return found


def project_sources(
    settings_cls: type[BaseSettings],
    *,
    init_settings: PydanticBaseSettingsSource,
    env_settings: PydanticBaseSettingsSource,
    dotenv_settings: PydanticBaseSettingsSource,
) -> tuple[PydanticBaseSettingsSource, ...]:
    """Every source of ``settings_cls``, strongest first."""
    prefix = settings_cls.model_config.get("env_prefix", "").upper()
    flags = _flags()
    env_file = str(dotenv_settings.env_file) if isinstance(dotenv_settings, DotEnvSettingsSource) else ".env"

    def variable(name: str) -> Origin:
        return Origin("environment", prefix + name.upper())

    def env_line(name: str) -> Origin:
        return Origin("env file", _line_in_env_file(Path(env_file), prefix + name.upper()))

    def own_variables() -> dict[str, Any]:
        return {name: value for name, value in dotenv_settings().items() if name in settings_cls.model_fields}

    def env_file_names() -> Iterable[str]:
        return getattr(dotenv_settings, "env_vars", {})

    sources: list[PydanticBaseSettingsSource] = [
        NotedSource(
            settings_cls,
            InitSettingsSource(settings_cls, {name: value for name, (_, value) in flags.items()}),
            lambda name: Origin("flag", flags[name][0]),
        ),
        NotedSource(settings_cls, init_settings, lambda name: Origin("argument", f"argument {name}")),
        NotedSource(settings_cls, env_settings, variable),
        NotedSource(settings_cls, own_variables, env_line),
    ]
    project = read_project_file()
    if project is not None:
        sources.append(_project_source(settings_cls, project))
    sources.append(NotedSource(settings_cls, UnknownVariables(settings_cls, lambda: os.environ), variable))
    sources.append(NotedSource(settings_cls, UnknownVariables(settings_cls, env_file_names), env_line))
    return tuple(sources)


def _project_source(settings_cls: type[BaseSettings], project: ProjectFile) -> PydanticBaseSettingsSource:
    values = {name: value for name, value in project.values.items() if name not in _PROJECT_KEYS}
    return NotedSource(
        settings_cls,
        InitSettingsSource(settings_cls, values),
        lambda name: Origin("project file", project.place_of(name)),
    )


def _flags() -> dict[str, tuple[str, object]]:
    text = os.environ.get(COMMAND_LINE_VARIABLE, "")
    if not text:
        return {}
    given = cast("dict[str, tuple[str, object]]", json.loads(text))
    return {name: (flag, value) for name, (flag, value) in given.items()}


def _line_in_env_file(path: Path, variable: str) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return path.name
    for number, line in enumerate(lines, start=1):
        left = line.partition("=")[0].strip().removeprefix("export ").strip()
        if left.upper() == variable:
            return f"{path.name}, line {number}"
    return path.name


def _belongs_to_subclass(source: PydanticBaseSettingsSource, name: str) -> bool:
    """An application's own settings class may have fields that the base class, read elsewhere, has not."""
    own = source.settings_cls
    if name in own.model_fields:
        return False
    family = [base for base in own.__mro__ if base.__name__ == "FluxlitSettings"]
    pending = list(family)
    while pending:
        candidate = pending.pop()
        if name in getattr(candidate, "model_fields", {}):
            return True
        pending += candidate.__subclasses__()
    return False
