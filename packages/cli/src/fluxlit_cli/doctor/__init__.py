"""``fluxlit doctor``: checks of an installation and an application, and of a deployed instance."""

__all__ = ()
