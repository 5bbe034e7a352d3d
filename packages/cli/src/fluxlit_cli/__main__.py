"""``python -m fluxlit_cli`` is the ``fluxlit`` command."""

from fluxlit_cli.main import main

if __name__ == "__main__":
    main()
