# On a machine with Python 3.11 or 3.12, pip and git, each of these works by itself.
PYTHON ?= $(shell command -v python3.12 >/dev/null 2>&1 && python3.12 -c '' 2>/dev/null && echo python3.12 || \
	(command -v python3.11 >/dev/null 2>&1 && python3.11 -c '' 2>/dev/null && echo python3.11 || echo python3))
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help demo test lint bench soak docs dev lock clean

help:  ## What there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || \
		{ echo "Python 3.11 or 3.12 is needed; say which: make PYTHON=/path/to/python3.12 ..."; exit 1; }
	@echo "installing into .venv (about two minutes, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP)  ## Run the whole way against a generated agency and print its figures
	@$(BIN)/vouch demo

test: $(STAMP) lint  ## All tests, as CI runs them
	$(BIN)/python -m pytest

lint: $(STAMP)  ## Style, types, layers, SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models

bench: $(STAMP)  ## Figures and ratios, kept in benchmarks/results
	$(BIN)/python -m benchmarks

soak: $(STAMP)  ## 200 random histories of events and pulls, where make test draws 8
	VOUCH_SOAK=200 $(BIN)/python -m pytest -n 0 tests/ingestion/test_histories.py

docs: $(STAMP)  ## Write docs/metrics.md anew from the models' descriptions
	$(BIN)/python docs/generate.py

dev: $(STAMP)  ## Everything on this machine: web interface, worker, receiver, live sandbox
	$(BIN)/vouch dev

lock: $(STAMP)  ## Resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --group dev --extra postgres --universal --python-version 3.11 --no-strip-extras \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--output-file requirements.lock

clean:  ## Remove the environment; state in VOUCH_HOME stays
	rm -rf .venv
