"""One request and its answer: building it, sending it (again, if it must be), and reading errors."""
