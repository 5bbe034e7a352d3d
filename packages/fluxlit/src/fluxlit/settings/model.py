"""``FluxlitSettings``: every setting of an application, read from all sources and checked."""

import os
from typing import Any, Self

from pydantic import PrivateAttr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

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
from fluxlit.settings.forward_headers import sort_header_names
from fluxlit.settings.origins import DEFAULT, Origin, noting
from fluxlit.settings.problems import explain, problem
from fluxlit.settings.sources import project_sources
from fluxlit.settings.strictness import require_strict_startup
from fluxlit_cli.project import ProjectFileError
from fluxlit_gateway import normalize_api_mount_path

__all__ = ("FluxlitSettings",)


class FluxlitSettings(
    # pydantic collects fields from the last base to the first: this is the order of the reference page, reversed.
    ObservabilityFields,
    PageFields,
    SessionFields,
    AuthFields,
    BrowserSecurityFields,
    GatewayFields,
    SidecarFields,
    ServingFields,
):
    """The settings of one application.

    Sources, strongest first: flags of the command, arguments, the environment (``FLUXLIT_*``), ``.env``, the project
    file (``fluxlit.toml``, else ``[tool.fluxlit]`` of ``pyproject.toml``) and the defaults. A subclass adds settings
    of its own, read the same way.

    Raises:
        pydantic.ValidationError: A value is not accepted or a key is unknown; the message names the place (file and
            line, or variable), the value (secrets masked) and what is accepted.

    Example:
        >>> FluxlitSettings(gateway_port=9000).gateway_port
        9000
    """

    model_config = SettingsConfigDict(
        env_prefix="FLUXLIT_",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="forbid",
        validate_assignment=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=False,
    )

    _origins: dict[str, Origin] = PrivateAttr(default_factory=dict[str, Origin])
    _rejected_forward_headers: tuple[str, ...] = PrivateAttr(default=())

    def __init__(self, **values: Any) -> None:
        with noting() as origins:
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise explain(error, type(self), origins) from None
            except ProjectFileError as error:
                raise problem(str(error)) from None
        self._origins.update(origins)

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 -- the signature is pydantic-settings'
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Every source, strongest first; see the class."""
        del file_secret_settings
        return project_sources(
            settings_cls,
            init_settings=init_settings,
            env_settings=env_settings,
            dotenv_settings=dotenv_settings,
        )

    @field_validator("api_mount_path", mode="after")
    @classmethod
    def _normalize_api_mount(cls, value: str) -> str:
        return normalize_api_mount_path(value)

    @field_validator("gateway_forward_client_headers_to_streamlit", mode="after")
    @classmethod
    def _limit_forwarded_headers(cls, value: list[str]) -> list[str]:
        sort_header_names(value)  # a list that is too long is a ValueError of the gateway's
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        allowed, refused = sort_header_names(self.gateway_forward_client_headers_to_streamlit)
        # Set past validate_assignment, which would come back here.
        if allowed != self.gateway_forward_client_headers_to_streamlit:
            vars(self)["gateway_forward_client_headers_to_streamlit"] = allowed
            self._rejected_forward_headers = refused
        if not self.public_base_url.strip():
            vars(self)["public_base_url"] = os.environ.get("PUBLIC_BASE_URL", "").strip()
        if self.strict_startup:
            require_strict_startup(self)
        return self

    @property
    def rejected_forward_headers(self) -> tuple[str, ...]:
        """Configured header names that are never forwarded to Streamlit, sorted."""
        return self._rejected_forward_headers

    def public_mount_path(self) -> str:
        """The path under which browsers see the application, as it was given: ``root_path``, else its older name."""
        return self.root_path.strip() or self.streamlit_public_path.strip()

    def origin_of(self, name: str) -> Origin:
        """Where the value of the setting ``name`` came from."""
        if name == "public_base_url" and name not in self._origins and self.public_base_url:
            return Origin("environment", "PUBLIC_BASE_URL")
        return self._origins.get(name, DEFAULT)
