"""Where visitors' state is kept, for how long, and how it is protected."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

__all__ = ("SessionFields",)


class SessionFields(BaseSettings):
    """Session store, lifetimes of sessions and their secrets."""

    session_store: SecretStr = Field(
        default=SecretStr(""),
        description="Where visitors' state is kept: `memory://`, `sqlite:///path/to/file.db` or `redis://host:6379/0`; "
        "empty for `.fluxlit/sessions.db` beside the project file. Masked, as it may carry a password.",
    )
    session_encryption_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Fernet keys, separated by commas, newest first: sessions are encrypted in the store. Needs the "
        "extra `fluxlit-sessions[encryption]`.",
    )
    session_cookie_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Signs the session cookie; empty for a random key that is kept in the store, so that all replicas "
        "and restarts share it.",
    )
    session_idle_timeout_s: float = Field(
        default=86_400.0, gt=0, description="Seconds without a visit after which a visitor's session ends."
    )
    session_absolute_timeout_s: float = Field(
        default=604_800.0,
        gt=0,
        description="Seconds after its begin, or its login, when a session ends however busy it is.",
    )
    url_session_query_param: str = Field(
        default="fluxlit_sid", description="Query parameter that carries the session id of URL sessions."
    )
