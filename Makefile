# Dateline. `make help` lists what there is.
#
# Where pip finds no processor-only build of torch, it fetches the one for NVIDIA cards, which is
# larger by gigabytes. This makes the download smaller:
#   make chat PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu

.DEFAULT_GOAL := help
.PHONY: help chat unit watch test lint docs benchmark screenshots clean

PYTHON := .venv/bin/python
PINS := pyproject.toml constraints.txt .ci/setup
# The tests are shared out among the processors, file by file and in their order: see
# tests/conftest.py. Each process computes in one thread.
SHARED := --numprocesses=auto --maxprocesses=4 --dist=loadgroup --no-loadscope-reorder

chat: .venv/ready  ## Open the chat on http://127.0.0.1:7860 (ARCHIVE=folder for your own)
	@$(PYTHON) app.py $(if $(ARCHIVE),--archive "$(ARCHIVE)")

test: lint  ## Run the linter, the type checker and all tests
	@.ci/browser
	@$(PYTHON) .ci/axe.py
	@OMP_NUM_THREADS=1 $(PYTHON) -m pytest $(SHARED)

unit: .venv/ready-for-tests  ## Run the tests that need no browser and no model, in under a minute
	@OMP_NUM_THREADS=1 $(PYTHON) -m pytest -q -m unit $(SHARED)

watch: .venv/ready-for-tests  ## Run them again whenever a file changes
	@$(PYTHON) -m watchfiles --filter python "make unit" app.py dateline.py corpus index assistant tests

docs: .venv/ready-for-tests  ## Build the documentation as pages, in build/site
	@$(PYTHON) -m pip install --quiet --constraint constraints.txt --editable '.[docs]'
	@$(PYTHON) -m mkdocs build --strict

lint: .venv/ready-for-tests  ## Run the linter and the type checker
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

benchmark: .venv/ready  ## Measure search: make benchmark ARTICLES=file QUESTIONS=file
	@test -n "$(ARTICLES)" -a -n "$(QUESTIONS)" || \
		{ echo "Say what to measure: make benchmark ARTICLES=file QUESTIONS=file"; exit 1; }
	@$(PYTHON) -m tests.benchmark "$(ARTICLES)" "$(QUESTIONS)"

screenshots: .venv/ready-for-tests  ## Take the README's screenshots again
	@.ci/browser
	@$(PYTHON) -m tests.screenshots

clean:  ## Remove all that make has made
	@rm -rf .venv .sample-archive test-results build *.egg-info
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1|/p' Makefile | awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'

.venv/ready: $(PINS)
	@.ci/setup

.venv/ready-for-tests: $(PINS)
	@.ci/setup --tests
