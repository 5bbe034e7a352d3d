"""Test clients, AppTest glue and a pytest plugin for applications built with FluxLit."""
