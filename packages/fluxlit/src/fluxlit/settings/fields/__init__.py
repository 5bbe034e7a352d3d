"""The settings themselves, grouped by what they are about; ``FluxlitSettings`` is made of all groups."""

from fluxlit.settings.fields.auth import AuthFields
from fluxlit.settings.fields.browser_security import BrowserSecurityFields
from fluxlit.settings.fields.gateway import GatewayFields
from fluxlit.settings.fields.observability import ObservabilityFields
from fluxlit.settings.fields.pages import PageFields
from fluxlit.settings.fields.serving import ServingFields
from fluxlit.settings.fields.sessions import SessionFields
from fluxlit.settings.fields.sidecars import SidecarFields

__all__ = (
    "AuthFields",
    "BrowserSecurityFields",
    "GatewayFields",
    "ObservabilityFields",
    "PageFields",
    "ServingFields",
    "SessionFields",
    "SidecarFields",
)
