"""`python -m fluxlit`: the same as the `fluxlit` command."""

from fluxlit_cli.main import main

if __name__ == "__main__":
    main()
