"""What tests of every room share."""

from __future__ import annotations

import fcntl
import gc
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

# The same examples on every machine, so that a failure in CI is one here; new ones are for `make random`.
settings.register_profile("reproducible", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("reproducible")
# Hypothesis would read every module of ours for constants to draw from, two seconds in each worker, and examples would
# change with every edit of the code.
NO_CONSTANTS = Constants()
providers._get_local_constants = lambda: NO_CONSTANTS

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


APART = {"autodiff", "benchmarks", "site"}
"""Folders below `tests` that are not collected with the others, or whose modules pytest knows by other names."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each of several workers begin with another part of the test modules, where all of them are collected.

    pytest rewrites the asserts of a module when it is first imported, and keeps the bytecode. Workers that went through
    the modules in one order would all rewrite each of them at the same time, a quarter of what collecting takes.
    """
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if count == 1 or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    paths = [path.relative_to(ROOT) for path in sorted(ROOT.glob("tests/**/test_*.py"))]
    names = [".".join(path.with_suffix("").parts) for path in paths if APART.isdisjoint(path.parts)]
    share = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) * len(names) // count
    for name in names[share : share + len(names) // count]:
        with suppress(Exception):  # what is wrong with a module is said where it is collected
            import_module(name)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take a sample of the longest lists; let one worker run all tests that share what takes a while to make."""
    if not EVERY_CASE and not any("::" in argument for argument in config.args):
        sample(config, items)
    for item in items:
        if not isinstance(item, pytest.Function) or item.get_closest_marker("xdist_group"):
            continue
        fixtures = [found[-1] for found in item._fixtureinfo.name2fixturedefs.values()]
        if shared := [one for one in fixtures if one.scope == "module" or one.argname in SHARED]:
            item.add_marker(pytest.mark.xdist_group(shared[0].baseid))


def pytest_collection_finish() -> None:
    """Look through what was collected for garbage no more: that takes one second in twenty."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how long a test took, where the reports of all workers come together."""
    if report.when == "call":
        seconds[re.sub(r"@[^\]]*$", "", report.nodeid)] = report.duration  # without the group that pytest-xdist adds


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep which tests took long, for `make quick`."""
    cache = getattr(session.config, "cache", None)
    if hasattr(session.config, "workerinput") or not seconds or cache is None:
        return
    before: list[str] = cache.get(LONG_ONES, [])
    now = [name for name, took in seconds.items() if took > LONGEST_IN_QUICK]
    cache.set(LONG_ONES, sorted({*now, *(name for name in before if name not in seconds)}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which libraries no test has run, which is no skip: `make autodiff` is a run of its own."""
    missing = [name for name in ("torch", "jax") if find_spec(name) is None]
    if missing and not hasattr(config, "workerinput"):
        names = " and ".join(missing)
        terminalreporter.write_line(f"Not run: tests/autodiff ({names} not installed; `make autodiff` runs them).")


EVERY_CASE = bool(os.environ.get("EVERY_CASE"))
"""Whether the long lists are run in full (`make every-case`)."""
QUICK = bool(os.environ.get("QUICK"))
"""Whether every long list is sampled (`make quick`), not only those that are marked."""
LONGEST_IN_QUICK, LONG_ONES = 0.3, "jacobook/long"
"""A test that took more seconds than this when it last ran is left out then; which ones, pytest's cache knows."""
seconds: dict[str, float] = {}
QUICK_CASES = 2
"""So many cases of a test are run then, or a few more."""
CASES_OF_ROOM = dict.fromkeys(("calculus", "notes", "rendering", "site", "test_functions", "verification"), 9) | {
    "algebra": 40,
    "browser": 2,
}
"""So many cases at most of a test that derives and checks, or opens a page for each, in the usual run."""
BUILDING, QUICK_BUILDING = {"unbuilt_workshop", "workshop"}, 3
"""Fixtures of tests that write whole sites, a second each; of these tests one in so many is run then."""
BUILT = {"small_site", "strict_site"}
"""Fixtures for which a builder makes a whole site, in five seconds and more; none of their tests is run then."""
EVERY_PAGE = bool(os.environ.get("EVERY_PAGE"))
"""Whether browsers open every page, not one of each kind (`make every-page`)."""


def one_in(number: int) -> int:
    """Return the step through a list that one test goes through, `every[:: one_in(5)]`: 1 in `make every-case`."""
    return 1 if EVERY_CASE else number


def sample(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave every n-th case of each test that is marked `one_in(n)` or has a long list, the same ones in every run.

    A test that is marked `rare` is left to `make every-case`.
    """
    cases = Counter(_test_of(item) for item in items)
    number: Counter[str] = Counter()
    building: dict[str, int] = {}
    left: list[pytest.Item] = []
    passed_over: list[pytest.Item] = []
    cache = getattr(config, "cache", None)
    long_ones = set(cache.get(LONG_ONES, []) if QUICK and cache is not None else [])
    for item in items:
        marker = item.get_closest_marker("one_in")
        name = _test_of(item)
        step = marker.args[0] if marker is not None else 1
        room = _room_of(item)
        if room in CASES_OF_ROOM:
            step = max(step, -(-cases[name] // CASES_OF_ROOM[room]))
        if QUICK:
            step = max(step, cases[name] // QUICK_CASES)
        taken = number[name] % step == 0 and item.get_closest_marker("rare") is None
        number[name] += 1
        fixtures = getattr(item, "fixturenames", ())
        if QUICK and not BUILDING.isdisjoint(fixtures):
            taken &= building.setdefault(name, len(building)) % QUICK_BUILDING == 0
        taken &= not QUICK or (BUILT.isdisjoint(fixtures) and item.nodeid not in long_ones)
        (left if taken else passed_over).append(item)
    if passed_over:
        config.hook.pytest_deselected(items=passed_over)
        items[:] = left


def _room_of(item: pytest.Item) -> str:
    """Return the folder below `tests`, or the name of a module that stands there."""
    return item.path.relative_to(ROOT / "tests").parts[0].removesuffix(".py")


def _test_of(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


SHARED = {"printed"}
"""Fixtures of a room that take seconds; those of a module need no list."""


MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """A function that returns a folder of a name; whichever worker asks first fills it, for all of them."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, unfinished = shared / name, shared / f"{name}.unfinished"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                fill(unfinished)
                unfinished.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def pages(root: Path, made_once: MadeOnce) -> Path:
    """`docs/` with the pages that the generator wrote."""

    def generate(_: Path) -> None:
        for module in ("jacobook.site.assets", "generator"):
            run = subprocess.run([sys.executable, "-m", module], cwd=root, capture_output=True, text=True, check=False)
            assert run.returncode == 0, f"python -m {module} ended with status {run.returncode}\n{run.stderr}"

    made_once("pages", generate)
    return root / "docs"


@pytest.fixture(scope="session")
def build_site(root: Path, pages: Path) -> Callable[..., str]:
    """A function that builds the site with `--strict`, and returns what the builder said."""

    def build(target: Path, *, address: str) -> str:
        run = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
            cwd=root,
            env=os.environ | {"SITE_URL": address, "NO_MKDOCS_2_WARNING": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, f"mkdocs build --strict: status {run.returncode}\n{run.stderr}"
        return run.stderr

    return build
