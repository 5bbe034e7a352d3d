"""API keys: long random texts for programs, of which only hashes are kept."""

__all__: tuple[str, ...] = ()
