"""Seeing what happens: request ids, traces and metrics of the processes that FluxLit starts."""
