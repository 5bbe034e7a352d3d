# FluxLit's tasks. `make` alone lists them. Everything is kept inside this checkout, but for uv's own cache.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup uv system-packages demo dev test test-oldest lint types docs links screenshots dist sbom audit bench bench-quick format clean

# uv from the PATH, or one of our own in .tools (scripts/get-uv.sh brings it).
UV := $(shell command -v uv 2>/dev/null || echo $(CURDIR)/.tools/uv/bin/uv)
RUN := $(UV) run --no-sync
PORT ?= 8000
HOST ?= 127.0.0.1
# Use the machine's own Python (3.11 or later) instead of downloading one.
export UV_PYTHON_PREFERENCE ?= only-system
# npm's own cache too: one test suite installs an OpenID provider.
export npm_config_cache ?= $(CURDIR)/.cache/npm
# The compressed forms of Streamlit's static files, made once for all runs.
export FLUXLIT_GATEWAY_ASSETS_CACHE_DIR ?= $(CURDIR)/.cache/streamlit-assets

help: ## Print each target with a line of help
	@awk 'BEGIN {FS = ":.*## "; print "usage: make TARGET\n"} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

uv:
	@scripts/get-uv.sh "$(UV)"

setup: uv ## Bring uv if it is missing and install every package and tool into .venv
	@# Compiled once: with PYTHONDONTWRITEBYTECODE set, each server of the tests would compile Streamlit and pandas again.
	@$(UV) sync --quiet --all-packages --compile-bytecode
	@$(RUN) python -m compileall -q packages/*/src

system-packages: ## Install the Debian packages that the tests use (as root or with passwordless sudo, else name them)
	@scripts/install-system-packages.sh

demo: setup ## Serve examples/quickstart on http://127.0.0.1:8000 until Ctrl-C (PORT=9000 for another port)
	@cd examples/quickstart && exec $(CURDIR)/.venv/bin/fluxlit run app:app --host $(HOST) --port $(PORT)

dev: setup ## Serve examples/quickstart and reload it on changes
	@cd examples/quickstart && exec $(CURDIR)/.venv/bin/fluxlit dev app:app --host $(HOST) --port $(PORT)

test: setup system-packages ## Set everything up and pass the tests (ARGS="-k name" for a selection)
	@UV="$(UV)" $(RUN) pytest -n auto --dist worksteal $(ARGS)

test-oldest: uv ## Pass each package's tests on the oldest versions that it declares (ARGS="packages/gateway" for one)
	@UV="$(UV)" scripts/test-oldest.sh $(ARGS)

lint: setup ## Check style, formatting and the layering of the packages
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) lint-imports --no-cache

types: setup ## Check types with pyright in strict mode
	@$(RUN) pyright --warnings

format: setup ## Rewrite the sources in the house format
	@$(RUN) ruff check --fix-only .
	@$(RUN) ruff format .

docs: setup ## Build the documentation into docs/_build/html, warnings as errors
	@$(RUN) sphinx-build -W --keep-going -q -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html"

links: setup ## Ask for every address of other sites that the documentation names; says which could not be reached
	@$(RUN) python scripts/check_links.py

screenshots: setup system-packages ## Make the pictures of docs/images anew from the examples (ARGS="quick-start" for one)
	@$(RUN) python scripts/make_screenshots.py $(ARGS)

bench: setup system-packages ## Measure FluxLit beside what people would use instead, and write docs/performance
	@UV="$(UV)" $(RUN) python -m benchmarks compare $(ARGS)

bench-quick: setup system-packages ## The same in five minutes; goes on where it was stopped (ARGS="--fresh" does not)
	@UV="$(UV)" $(RUN) python -m benchmarks compare --quick $(ARGS)

dist: setup ## Build every package into dist/, twice with the same bytes, and check metadata and READMEs
	@UV="$(UV)" scripts/build-dist.sh

sbom: setup ## Write what an installation consists of to dist/fluxlit.cdx.json (CycloneDX), without the network
	@$(RUN) python scripts/make-sbom.py dist/fluxlit.cdx.json

audit: setup sbom ## Ask for known vulnerabilities of what is installed; needs the network, and says so when it is not there
	@UV="$(UV)" scripts/audit.sh

clean: ## Delete what the other targets made in this checkout
	@rm -rf .venv .tools .cache dist build docs/_build test-artifacts .pytest_cache .ruff_cache .hypothesis
