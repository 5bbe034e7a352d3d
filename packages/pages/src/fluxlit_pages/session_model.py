"""A typed view of ``st.session_state``: a pydantic model in, a pydantic model out."""

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

__all__ = ("SessionModel",)

ModelT = TypeVar("ModelT", bound=BaseModel)


class SessionModel:
    """Reads models from session state and writes them to it, one key per field.

    Example:
        >>> class Cart(BaseModel):
        ...     items: list[str] = []
        >>> def page(session: SessionModel) -> None:
        ...     cart = session.read_into(Cart)
        ...     session.write_from(cart.model_copy(update={"items": [*cart.items, "tea"]}))
    """

    def __init__(self, st: Any, *, extra: Literal["ignore", "forbid"] = "ignore") -> None:
        """Bind to a session.

        Args:
            st: The Streamlit module, or anything with ``session_state``.
            extra: ``forbid`` makes `read_into` refuse a session that has keys which are no fields of the model.
        """
        self._state = st.session_state
        self._extra = extra

    def read_into(self, model: type[ModelT]) -> ModelT:
        """A model of the keys present; absent keys take the model's defaults.

        Raises:
            pydantic.ValidationError: A value does not fit, or a required key is absent.
        """
        values = {name: self._state[name] for name in model.model_fields if name in self._state}
        if self._extra == "forbid":
            strict = type(model.__name__, (model,), {"model_config": ConfigDict(extra="forbid")})
            strict.model_validate({str(key): self._state[key] for key in self._state})
        # Fields are read by their names, whatever alias the model has for JSON.
        return model.model_validate(values, by_name=True, by_alias=False)

    def write_from(self, model: BaseModel) -> None:
        """Store each field of the model under its name."""
        for name in type(model).model_fields:
            self._state[name] = getattr(model, name)
