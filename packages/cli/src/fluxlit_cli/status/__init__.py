"""What runs: asked of the running server over its public readiness route."""

__all__ = ()
