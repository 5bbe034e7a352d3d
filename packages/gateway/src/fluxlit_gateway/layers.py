"""Layers: ASGI middleware of the embedding application, between the gateway's own checks and who answers.

A layer is called for each HTTP request and WebSocket handshake that was let in, before a WebSocket is accepted, with
what the gateway knows in ``scope["state"]``:

- ``request_id`` (str): the id that the request has in every log and header;
- ``upstream_headers`` (list of pairs of bytes): what is appended here goes to the UI with the request, in place of any
  header of that name that the client sent. Nothing that a client sends gets into this list.

It may refuse by answering, wrap ``receive`` and ``send``, and put things of its own into the state, where the API finds
them as well. Who answers has been decided before, so changing the path changes nothing.
"""

from collections.abc import Awaitable, Callable, Sequence

from fluxlit_gateway.asgi import ASGIApp, HeaderPairs, Receive, Scope, Send
from fluxlit_gateway.routing.request_context import RequestContext

__all__ = ("Answer", "Layer", "Layers", "with_upstream_headers")

Layer = Callable[[ASGIApp], ASGIApp]
Answer = Callable[[RequestContext, Receive, Send], Awaitable[None]]

_CONTEXT = "fluxlit_gateway.context"


class Layers:
    """The layers around what answers.

    Args:
        layers: The first one is the outermost.
        answer: Called for what the layers let through.
    """

    def __init__(self, layers: Sequence[Layer], answer: Answer) -> None:
        self._answer = answer
        self.are_there = bool(layers)
        app: ASGIApp = self._innermost
        for layer in reversed(layers):
            app = layer(app)
        self._app = app

    async def __call__(self, context: RequestContext, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not self.are_there:
            context.passed_layers = True
            await self._answer(context, receive, send)
            return
        await self._app({**context.scope, _CONTEXT: context}, receive, send)

    async def _innermost(self, scope: Scope, receive: Receive, send: Send) -> None:
        context: RequestContext = scope[_CONTEXT]
        context.passed_layers = True
        context.replace_scope({key: value for key, value in scope.items() if key != _CONTEXT})
        await self._answer(context, receive, send)


def with_upstream_headers(client: HeaderPairs, layered: HeaderPairs) -> HeaderPairs:
    """Return the client's headers with those of the layers in place of lines of the same name.

    Args:
        client: What may go to the upstream of the client's headers.
        layered: ``scope["state"]["upstream_headers"]``.
    """
    if not layered:
        return client
    own = [(name.lower(), value) for name, value in layered]
    replaced = {name for name, _ in own}
    return [pair for pair in client if pair[0] not in replaced] + own
