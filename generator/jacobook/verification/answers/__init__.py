"""A reader's answer, or a published formula, against the derivative."""
