"""The parts of the asynchronous client, each the mirror of the module of that name in `blocking`."""
