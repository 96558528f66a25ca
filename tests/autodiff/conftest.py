"""The libraries, if they are installed: `make autodiff` installs PyTorch and JAX. Nothing is collected without them."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

MISSING = [library for library in ("torch", "jax") if find_spec(library) is None]
MISSING += [] if shutil.which("julia") else ["julia"]
collect_ignore = [f"test_{library}.py" for library in MISSING]
