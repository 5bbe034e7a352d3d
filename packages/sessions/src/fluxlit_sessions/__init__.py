"""Session stores with one atomic interface: memory, SQLite, Redis; and sessions kept in a URL."""
