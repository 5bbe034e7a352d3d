"""Every error of this package, in one tree.

    FluxlitPagesError
    ├── PageRegistrationError (ValueError)      a page cannot be registered as it was described
    │   ├── DuplicatePageError                  the path is taken
    │   ├── PageSlugClashError                  another path leads to the same address
    │   └── NestedPagePathError                 Streamlit serves one path segment per page
    ├── PageSignatureError (TypeError)          a page or dependency has a parameter that nobody can fill
    │   └── DependencyCycleError                dependencies that need each other
    ├── PageInjectionError (RuntimeError)       a parameter could not be filled in this run
    ├── SessionNotIssuedError (StoreUnavailableError) a page was opened while the session store did not answer
    ├── ScriptNotFoundError (FileNotFoundError) there is no Streamlit script to serve
    └── TargetError                             "module:attribute" does not lead to an application
        ├── TargetSyntaxError (ValueError)
        ├── TargetModuleNotFoundError (ModuleNotFoundError)
        ├── TargetImportError (ImportError)     the module itself raised
        ├── TargetAttributeError (AttributeError)
        └── TargetTypeError (TypeError)

Each is also the built-in error that code written for FluxLit 0.13 catches.
"""

from fluxlit_sessions import StoreUnavailableError

__all__ = (
    "DependencyCycleError",
    "DuplicatePageError",
    "FluxlitPagesError",
    "NestedPagePathError",
    "PageInjectionError",
    "PageRegistrationError",
    "PageSignatureError",
    "PageSlugClashError",
    "ScriptNotFoundError",
    "SessionNotIssuedError",
    "TargetAttributeError",
    "TargetError",
    "TargetImportError",
    "TargetModuleNotFoundError",
    "TargetSyntaxError",
    "TargetTypeError",
)


class FluxlitPagesError(Exception):
    """Base of every error that this package raises."""


class PageRegistrationError(FluxlitPagesError, ValueError):
    """A page, link or navigation entry cannot be registered as it was described."""


class DuplicatePageError(PageRegistrationError):
    """The path already belongs to a page; the message names both places."""


class PageSlugClashError(PageRegistrationError):
    """Another path already leads to the same address; the message names both places."""


class NestedPagePathError(PageRegistrationError):
    """The path has more than one segment, which Streamlit cannot serve (streamlit issue 8971)."""


class PageSignatureError(FluxlitPagesError, TypeError):
    """A page function or dependency has a parameter that nobody can fill."""


class DependencyCycleError(PageSignatureError):
    """Dependencies that need each other; the message shows the circle."""


class PageInjectionError(FluxlitPagesError, RuntimeError):
    """A parameter of a page or dependency could not be filled in this run."""


class SessionNotIssuedError(FluxlitPagesError, StoreUnavailableError):
    """A page was opened while the store did not answer, so that its browser has no session; it has to be reloaded."""


class ScriptNotFoundError(FluxlitPagesError, FileNotFoundError):
    """There is no Streamlit script at the path, or a folder does not say which one it is."""


class TargetError(FluxlitPagesError):
    """Base of what goes wrong between ``module:attribute`` and the application."""


class TargetSyntaxError(TargetError, ValueError):
    """The text is not ``module:attribute``."""


class TargetModuleNotFoundError(TargetError, ModuleNotFoundError):
    """There is no such module or file."""


class TargetImportError(TargetError, ImportError):
    """The module raised while it was imported; ``__cause__`` is what it raised."""


class TargetAttributeError(TargetError, AttributeError):
    """The module has no such attribute."""


class TargetTypeError(TargetError, TypeError):
    """The attribute is there, but it is not an application."""
