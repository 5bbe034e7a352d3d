"""The stores: in memory, in a SQLite file, in Redis."""
