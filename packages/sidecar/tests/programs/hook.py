import os


def prepare() -> None:
    os.environ["SETUP_WAS_CALLED"] = "yes"


def fails() -> None:
    raise LookupError("no database here")
