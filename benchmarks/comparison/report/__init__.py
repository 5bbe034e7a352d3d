"""What comes out of a run: a table in the terminal, and a page with plots under ``docs/performance/``."""
