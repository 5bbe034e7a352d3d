"""The fluxlit command: dev, run, doctor, config and more."""
