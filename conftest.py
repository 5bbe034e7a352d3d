"""What all tests share: processes that they start can be interrupted, however the tests were started."""

import signal
import threading


def pytest_configure() -> None:
    """Let signals of the terminal have their usual effect."""
    # A shell starts `make test &` with these ignored, and an ignored signal is inherited by every child.
    if threading.current_thread() is threading.main_thread():
        for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
            if signal.getsignal(number) is signal.SIG_IGN:
                signal.signal(number, handler)
