"""The fixtures of the benchmark that reads the built site."""

from tests.browser.browsing import browser, chromium, driver, new_reader, site

__all__ = ["browser", "chromium", "driver", "new_reader", "site"]
