"""The guard: one layer in front of pages, sockets, uploads, media, files and API.

What an application says (`app.protect(...)`) is a `GuardPlan`, cheap to make, as sidecars make it too. The gateway's
process turns it into a `Guard` around everything that answers.
"""

__all__: tuple[str, ...] = ()
