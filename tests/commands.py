"""The commands, run in this process: the same function that a shell starts, without its second of imports."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from subprocess import CompletedProcess
from unittest.mock import patch

from jacobook.cli import main

Ran = CompletedProcess[str]
Program = Callable[..., Ran]


def in_process(*arguments: str, program: str = "/folder/jacobook/__main__.py", bare: str = "help") -> Ran:
    """Run a command, and return its exit status and what it wrote; `program` is the file that was started."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    handler = signal.getsignal(signal.SIGTERM)
    try:
        with patch.object(sys, "argv", [program, *arguments]), redirect_stdout(streams[0]), redirect_stderr(streams[1]):
            main(bare)
    except SystemExit as ended:
        status = ended.code
    finally:
        signal.signal(signal.SIGTERM, handler)
    written = [stream.buffer.getvalue().decode() for stream in streams]
    return CompletedProcess(arguments, int(status or 0), *written)
