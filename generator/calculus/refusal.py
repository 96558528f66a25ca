"""The honest answer where no rule covers a derivative."""


class Refusal(Exception):
    """No rule covers this derivative; the message names the node and the reason."""
