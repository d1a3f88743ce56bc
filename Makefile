# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
# Everything a fresh clone needs: python3.11 with pip, and make. `make help` lists the targets.

PYTHON ?= python3.11
VENV ?= .venv
ARGS ?=

BIN := $(VENV)/bin
RUBRIC := tests/assets/rubric
PIP := $(BIN)/python -m pip --disable-pip-version-check
PINNED := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test lint format clean

help:  ## list the targets
	@echo "make TARGET [PYTHON=python3.12] [VENV=.venv] [ARGS='...']"
	@sed -n 's/^\([a-z]*\):.*## /  \1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

setup: $(BIN)/.installed-dev  ## install everything, the tools for development too, into $(VENV)

demo: $(BIN)/.installed-all  ## install what is needed and render, seal, attack and verify the example campaign
	$(BIN)/adseal demo $(ARGS)

test: $(BIN)/.installed-dev rubric  ## install everything and run the tests (ARGS goes to pytest)
	$(BIN)/python -m pytest $(ARGS)

lint: $(BIN)/.installed-dev  ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(BIN)/.installed-dev  ## put the code into its format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

clean:  ## remove what was built; $(VENV) and out/ stay
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

# --- installing: a stamp file is written only after everything before it has worked ---

$(BIN)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not here: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: PYTHON=" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet "pip>=24"
	@touch $@

$(BIN)/.installed-all: $(PINNED) | $(BIN)/.made
	$(PIP) install -c constraints.txt -e ".[all]"
	@touch $@

$(BIN)/.installed-dev: $(PINNED) | $(BIN)/.made
	$(PIP) install -c constraints.txt -e ".[dev]"
	@touch $(BIN)/.installed-all $@

# The official C2PA rubrics are evaluated by a JavaScript program; without npm those tests say that they are skipped.
.PHONY: rubric
rubric:
	@if [ ! -f $(RUBRIC)/package.json ]; then :; \
	elif ! command -v npm >/dev/null; then \
		echo "npm is not here: the tests that evaluate the C2PA rubrics will be skipped"; \
	elif [ ! -f $(RUBRIC)/node_modules/.installed ] || [ $(RUBRIC)/package.json -nt $(RUBRIC)/node_modules/.installed ]; then \
		npm install --prefix $(RUBRIC) --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error && \
		touch $(RUBRIC)/node_modules/.installed; \
	fi
