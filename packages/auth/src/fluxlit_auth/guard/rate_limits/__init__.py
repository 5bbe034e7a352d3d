"""Rate limits: how many requests an address, a user or a key may make in a time."""

__all__: tuple[str, ...] = ()
