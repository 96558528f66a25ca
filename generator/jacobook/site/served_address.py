"""The address at which a builder is about to serve a site: taken or free. It needs no builder."""

from __future__ import annotations

import socket


def check_address(host: str, port: int, command: str) -> None:
    """End with one sentence, before anything is built, where the address is taken; `command` names another port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(
                f"http://{host}:{port}/ cannot be served ({error.strerror}). Choose another port, as in `{command}`."
            ) from error
