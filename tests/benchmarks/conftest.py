"""The fixtures of the benchmark that reads the built site."""

from browsing import browser, new_reader, site

__all__ = ["browser", "new_reader", "site"]
