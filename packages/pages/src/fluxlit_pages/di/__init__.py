"""Injection into page functions: every parameter is filled from what the run, the application and the page's own
dependencies provide.
"""
