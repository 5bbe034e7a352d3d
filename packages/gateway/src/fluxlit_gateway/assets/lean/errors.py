"""Why a Streamlit is delivered as it is."""

__all__ = ("UnknownFrontEndError",)


class UnknownFrontEndError(Exception):
    """The front end, or what is needed to split its fonts, is not what this was written for."""
