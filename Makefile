# make site    build the site into site/
# make serve   show it on http://127.0.0.1:8000/ and rebuild it on every change
# make quick   run a sample of the tests of the engine, the commands and the pages, while you work; no browser, and nothing that took long
# make test    run every check and every test
#
# Everything is installed into .venv and node_modules, from the lock files, and again only when they change.

.DEFAULT_GOAL := site
SHELL := /bin/bash

PYTHON := .venv/bin/python
# What is imported is compiled then; to compile all of it here takes half a minute.
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-compile
# For every Python from 3.11 on, and for every system; with hashes, and without the address of an index.
COMPILE := uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"
PATH := $(CURDIR)/.venv/bin:$(PATH)
export PATH
export PYTHONUTF8 := 1
# What is started a hundred times keeps its bytecode.
unexport PYTHONDONTWRITEBYTECODE
# MkDocs is pinned below 2 (pyproject.toml), where this advice does not apply.
export NO_MKDOCS_2_WARNING := 1

PYTEST := $(PYTHON) -m pytest --dist=loadgroup
PORT := 8000
# `--smallest` compresses what a browser loads for a minute, a tenth smaller: for a site that is published.
BUNDLE_ARGUMENTS :=
# What `make autodiff` runs.
LIBRARIES := jax torch

.PHONY: site
site: docs  ## Build the site into site/
	@$(PYTHON) -m mkdocs build --strict

.PHONY: serve
serve: docs  ## Serve the site, and rebuild it on every change (PORT=8001 for another port)
	@$(PYTHON) -m mkdocs serve --livereload --dev-addr 127.0.0.1:$(PORT)

.PHONY: docs
docs: .venv/.runtime assets  ## Derive, verify, and write the pages into docs/
	@$(PYTHON) -m jacobook build

.PHONY: assets
assets: .venv/.runtime node_modules/.stamp  ## Copy MathJax into docs/, and make the engine ready for browsers
	@$(PYTHON) -m jacobook.site.assets
	@$(PYTHON) -m jacobook.browser.bundle $(BUNDLE_ARGUMENTS)

.PHONY: test
test:  ## Run every check and every test
	@$(MAKE) --no-print-directory --jobs=2 check docs
	@$(MAKE) --no-print-directory pytest

.PHONY: check
check: .venv/.test  ## Style, types, and the direction of imports
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

.PHONY: pytest
pytest: .venv/.test docs  ## Run the tests, browser tests included
	@# Three workers are kept waiting by a browser each.
	@$(PYTEST) --numprocesses=4 $(PYTEST_ARGUMENTS)

.PHONY: quick
quick: .venv/.test docs  ## Run a sample of the tests, without browsers, whole sites, random expressions and what took long when it last ran
	@QUICK=1 $(PYTEST) --numprocesses=auto -m 'not browser and not slow and not random' $(PYTEST_ARGUMENTS)

.PHONY: benchmark
benchmark: .venv/.test  ## Measure the engine (pytest-benchmark); nothing is asserted about times
	@$(PYTHON) -m pytest tests/benchmarks/test_engine_speed.py --benchmark-only --benchmark-columns=min,median,rounds $(PYTEST_ARGUMENTS)

.PHONY: page-speed
page-speed: .venv/.test docs  ## Measure how soon pages can be read in a browser with a throttled processor
	@$(PYTHON) -m pytest tests/benchmarks/test_page_speed.py -s -q --benchmark-disable-gc $(PYTEST_ARGUMENTS)

.PHONY: own-function-speed
own-function-speed: .venv/.test docs  ## Measure how soon a function of one's own is derived in the page
	@$(PYTHON) -m pytest tests/benchmarks/test_own_function_speed.py -s -q --benchmark-disable-gc $(PYTEST_ARGUMENTS)

.PHONY: sizes
sizes: .venv/.test  ## Derive and check every case of the benchmark with each size set to 1, 2, 3, and to another
	@EVERY_CASE=1 $(PYTHON) -m pytest -q tests/calculus/test_benchmark_sizes.py $(PYTEST_ARGUMENTS)

.PHONY: autodiff
autodiff: $(LIBRARIES:%=.cache/autodiff/.%)  ## Run our PyTorch and JAX code, and compare it with their own derivatives (LIBRARIES=jax for one)
	@EVERY_CASE=$(if $(SAMPLE),,1) .cache/autodiff/bin/python -m pytest tests/autodiff $(PYTEST_ARGUMENTS)

# The libraries come beside the packages of the tests, which they see. The index has PyTorch for the processor alone
# (200 MB); from PyPI it brings CUDA along on Linux. TORCH='torch==2.13.0' asks for another version.
TORCH := torch
TORCH_INDEX := https://download.pytorch.org/whl/cpu
BESIDE := .cache/autodiff/bin/python -m pip install --quiet --disable-pip-version-check
.cache/autodiff/.venv: | .venv/.test
	@$(PYTHON) -m venv .cache/autodiff
	@$(PYTHON) -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > \
	  "$$(.cache/autodiff/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/tests.pth"
	@touch $@
.cache/autodiff/.jax: | .cache/autodiff/.venv
	@echo 'Installing JAX into .cache/autodiff ...'
	@$(BESIDE) 'jax>=0.7'
	@touch $@
.cache/autodiff/.torch: | .cache/autodiff/.venv
	@echo 'Installing PyTorch into .cache/autodiff ...'
	@$(BESIDE) --retries 0 --index-url $(TORCH_INDEX) '$(TORCH)' > /dev/null 2>&1 || { \
	  echo 'The index of builds for the processor alone cannot be reached: from PyPI, which is up to 6 GB on Linux ...'; \
	  $(BESIDE) '$(TORCH)'; }
	@touch $@

.PHONY: random
random: .venv/.test  ## Derive and check 20,000 random expressions by both routes, and by PyTorch if `make autodiff` installed it
	@if [ -e .cache/autodiff/.torch ]; then witness=.cache/autodiff/bin/python; option=--torch; \
	else witness=$(PYTHON); option=; fi; \
	$$witness -m tests.random_expressions --count 20000 --depth 6 --jobs 2 $$option

.PHONY: every-page
every-page: .venv/.test docs  ## Open every page in a browser, not only one of each kind (half an hour)
	@EVERY_PAGE=1 $(PYTHON) -m pytest tests/browser $(PYTEST_ARGUMENTS)

.PHONY: every-case
every-case: .venv/.test docs  ## Run every test with all cases of the long lists, of which the usual run takes a sample (an hour)
	@EVERY_CASE=1 $(PYTEST) --numprocesses=4 $(PYTEST_ARGUMENTS)

.PHONY: golden
golden: .venv/.test assets  ## Take over changed pages into tests/golden (look at the difference first)
	@EVERY_CASE=1 UPDATE_GOLDEN=1 $(PYTHON) -m pytest -q tests/site/test_golden.py
	@git --no-pager diff --stat -- tests/golden 2> /dev/null || true

.PHONY: published
published: .venv/.test assets  ## Put new entries on the list of published pages, which must stay
	@EVERY_CASE=1 UPDATE_PUBLISHED=1 $(PYTHON) -m pytest -q tests/site/test_published.py

.PHONY: schema
schema: .venv/.runtime  ## Write the JSON schemas of an entry and of a fence, for editors
	@$(PYTHON) -m jacobook.site.schema
	@$(PYTHON) -m jacobook.notes.fence_schema

.PHONY: format
format: .venv/.test  ## Bring the code into form
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

.PHONY: lock
lock:  ## Choose the newest versions that pyproject.toml allows (needs uv)
	$(COMPILE) --extra site pyproject.toml --output-file requirements.lock
	$(COMPILE) --extra test --constraint requirements.lock pyproject.toml --output-file requirements-test.lock
	$(COMPILE) --group node --output-file requirements-node.lock

.PHONY: clean
clean:  ## Remove everything that can be made again
	@# What is hand-written in docs/ stays. Any Python will do.
	@{ [ -x $(PYTHON) ] && $(PYTHON) -m jacobook.site.clean; } || PYTHONPATH=generator python3 -m jacobook.site.clean
	@rm -rf .venv node_modules site .cache docs/assets/mathjax docs/assets/runtime

.PHONY: help
help:  ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# --- What is installed ---------------------------------------------------------------------------------------------

# Any Python from 3.11 on will do.
.venv/bin/python:
	@for candidate in python3 python python3.14 python3.13 python3.12 python3.11; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' > /dev/null 2>&1; then \
	    if "$$candidate" -m venv .venv && .venv/bin/python -m pip --version > /dev/null; then exit 0; fi; \
	    rm -rf .venv; \
	    echo "Jacobook: $$candidate cannot make a virtual environment." \
	      "On Debian and Ubuntu: apt install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo 'Jacobook needs Python 3.11 or later, and found none on the PATH.' >&2; \
	exit 1

.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	@echo 'Installing the Python packages ...'
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --editable .
	@# Python 3.11 and 3.12 read the way to this folder in the encoding of the locale; a relative one is ASCII anywhere.
	@for file in .venv/lib/python*/site-packages/*jacobook.pth; do [ ! -f "$$file" ] || echo ../../../../generator > "$$file"; done
	@touch $@

.venv/.test: requirements-test.lock .venv/.runtime
	@echo 'Installing the Python packages of the tests ...'
	@$(PIP) --require-hashes --requirement requirements-test.lock
	@touch $@

# npm of the machine, if its Node is recent enough; otherwise one from PyPI, inside .venv, after all other packages:
# two installers at a time would get in each other's way. The Node of the machine may also have gone since.
HAS_NODE := $(shell npm --version > /dev/null 2>&1 && node -p 'parseInt(process.versions.node) >= 18 || ""' 2> /dev/null)
ifeq ($(HAS_NODE),)
.venv/.test: | node_modules/.stamp
assets node_modules/.stamp: | .venv/bin/node
endif
.venv/bin/node: requirements-node.lock | .venv/.runtime
	@echo 'Installing Node into .venv ...'
	@$(PIP) --require-hashes --requirement requirements-node.lock
	@touch $@
node_modules/.stamp: package.json package-lock.json .npmrc requirements-node.lock | .venv/.runtime
	@echo 'Installing the npm packages ...'
	@npm ci --silent
	@touch $@
