"""The libraries, if they are installed: `make autodiff` installs them. Without them nothing here is collected."""

from __future__ import annotations

from importlib.util import find_spec

MISSING = [library for library in ("torch", "jax") if find_spec(library) is None]
collect_ignore = [f"test_{library}.py" for library in MISSING]
