"""What a Streamlit page does for a login: fetch the token, keep it in the session, send it along.

`st` is a parameter, so that nothing here imports Streamlit. The token is kept in `st.session_state`, on the server; the
browser never sees it.
"""

import json
import logging
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Protocol, cast, runtime_checkable

from fluxlit_auth.oidc.browser_binding import LOGIN_COOKIE_NAME, auth_code_belongs_to, browser_secret
from fluxlit_client import ApiClient

__all__ = (
    "BrowserContext",
    "ExchangeClient",
    "StreamlitModule",
    "bearer_headers_from_session",
    "exchange_auth_code_from_query",
    "prepare_streamlit_api_client",
)

_log = logging.getLogger("fluxlit.auth")

_SESSION_KEY: Final = "fluxlit_access_token"
_QUERY_KEY: Final = "auth_code"
_EXCHANGE_PATH: Final = "/auth/exchange"


class StreamlitModule(Protocol):
    """The part of `streamlit` that is used. Its `context` is looked at where there is one."""

    @property
    def query_params(self) -> MutableMapping[str, Any]:
        """The parameters of the page's URL."""
        ...

    @property
    def session_state(self) -> Any:
        """The session's values, by key."""
        ...


@runtime_checkable
class BrowserContext(Protocol):
    """Streamlit's `st.context`: what the browser sent."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the connection; none without a browser, as in AppTest."""
        ...

    @property
    def cookies(self) -> Mapping[str, str]:
        """Cookies of the connection."""
        ...


class ExchangeClient(Protocol):
    """What fetches the token: an `ApiClient`, or anything with its `post`."""

    def post(self, path: str, /, *, json: Any) -> Any:
        """Send JSON; gives a response of the HTTP library."""
        ...


def exchange_auth_code_from_query(  # two things and four names with defaults, keyword-only
    st: StreamlitModule,
    client: ExchangeClient,
    *,
    exchange_path: str = _EXCHANGE_PATH,
    query_key: str = _QUERY_KEY,
    session_key: str = _SESSION_KEY,
    login_cookie_name: str | None = LOGIN_COOKIE_NAME,
) -> str | None:
    """Trade the one-time code in the page's URL for a token and keep that in the session.

    A code that was not made for this browser is dropped unused and the page goes on without a login: somebody may have
    sent the user a link with a code of his own, to have him work in the wrong account.

    Args:
        st: Streamlit.
        client: Talks to the API that has the login's routes.
        exchange_path: Where it trades codes.
        query_key: The URL's parameter with the code.
        session_key: Where the token is kept in `st.session_state`.
        login_cookie_name: The login's cookie; `None` to accept codes of any browser, for a login that is not ours.

    Returns:
        The token, or `None` if there is no code.

    Raises:
        httpx2.HTTPStatusError: The API refused the code.
        ValueError: The API gave no token.
    """
    code = _first_text(st.query_params.get(query_key))
    if not code:
        return None
    if login_cookie_name is not None and not _made_for_this_browser(st, code, login_cookie_name):
        _log.warning("a login code was dropped: it was not made for the browser that brought it")
        st.query_params.pop(query_key, None)
        return None
    response = client.post(exchange_path, json={"code": code})
    response.raise_for_status()
    body: object = response.json()
    token = cast("dict[str, object]", body).get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token:
        raise ValueError(f"{exchange_path!r} answered without an access_token; is it the login's exchange route?")
    st.session_state[session_key] = token
    st.query_params.pop(query_key, None)
    return token


def bearer_headers_from_session(st: StreamlitModule, *, session_key: str = _SESSION_KEY) -> dict[str, str]:
    """The `Authorization` header with the session's token; empty if nobody has logged in.

    Args:
        st: Streamlit.
        session_key: Where the token is kept in `st.session_state`.
    """
    token = _session_token(st, session_key)
    return {"Authorization": f"Bearer {token}"} if token else {}


def prepare_streamlit_api_client(
    st: StreamlitModule,
    *,
    exchange_path: str = _EXCHANGE_PATH,
    session_key: str = _SESSION_KEY,
    login_cookie_name: str | None = LOGIN_COOKIE_NAME,
    **client_options: Any,
) -> ApiClient:
    """A client that calls the API as the user who has logged in, or as nobody.

    With a token in the session that is used, and a code in the URL is left alone; otherwise such a code is traded.

    Args:
        st: Streamlit.
        exchange_path: Where the API trades codes.
        session_key: Where the token is kept in `st.session_state`.
        login_cookie_name: See `exchange_auth_code_from_query`.
        client_options: Options of `ApiClient.for_fluxlit`.

    Raises:
        httpx2.HTTPStatusError: The API refused the code.
        ValueError: The API gave no token.
    """
    token = _session_token(st, session_key)
    if token is None:
        plain = ApiClient.for_fluxlit(**client_options)
        try:
            token = exchange_auth_code_from_query(
                st, plain, exchange_path=exchange_path, session_key=session_key, login_cookie_name=login_cookie_name
            )
        except BaseException:
            plain.close()
            raise
        if token is None:
            return plain
        plain.close()
    return ApiClient.for_fluxlit(bearer_token=token, **client_options)


def _first_text(value: object) -> str:
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return next((each for each in values if isinstance(each, str)), "")


def _session_token(st: StreamlitModule, session_key: str) -> str | None:
    """The session's token; one that has expired is forgotten, so that the page offers to log in again."""
    token: object = st.session_state.get(session_key)
    if not isinstance(token, str) or not token:
        return None
    if _expired(token):
        del st.session_state[session_key]
        return None
    return token


def _expired(token: str) -> bool:
    """Whether a token says that it has expired. One that says nothing readable is the API's business."""
    _header, _dot, rest = token.partition(".")
    payload = rest.partition(".")[0].encode()
    try:
        claims: object = json.loads(urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    except ValueError:
        return False
    expiry = cast("dict[str, object]", claims).get("exp") if isinstance(claims, dict) else None
    return isinstance(expiry, int | float) and expiry <= time.time()


def _made_for_this_browser(st: StreamlitModule, code: str, name: str) -> bool:
    context: object = getattr(st, "context", None)
    if not isinstance(context, BrowserContext) or not any(each.lower() == "host" for each in context.headers):
        return True  # no browser at all: AppTest, or a double of Streamlit in somebody's test
    https = str(getattr(context, "url", None) or "").startswith("https:")  # as the browser's address bar has it
    secret = browser_secret(context.cookies, name, secure=https or None)
    return secret is not None and auth_code_belongs_to(secret, code)
