"""The version of the requests and answers between page and engine."""

PROTOCOL = 3
"""Raised when they change: a page that a browser kept and an engine that it did not must not meet."""
