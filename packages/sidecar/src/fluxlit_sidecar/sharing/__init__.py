"""One set of sidecars for several worker processes (``uvicorn app:app --workers 4``).

The workers meet in a runtime folder whose name follows from their common parent. Whoever gets the lock in it starts the
*supervisor*, a process of its own that belongs to no worker: it runs a `SidecarPool`, tells every worker about each
change over a Unix socket and holds the sockets that all workers listen on. So a worker may crash, be recycled or be
reloaded, and no session notices. When the supervisor itself dies, its sidecars leave with it, the lock is free, and the
first worker to notice starts the next one. The supervisor leaves when the parent is gone and no worker is left.
"""
