"""Files that put an application into a container, a cluster or a service manager."""

__all__ = ()
