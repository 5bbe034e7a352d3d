"""Reading a request: its paths, its id, and what follows from them."""
