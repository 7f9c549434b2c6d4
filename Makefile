# One command runs the app, one tests it; each first makes what is missing.
# Needs Python 3.11 or newer and make; everything else is installed into .venv.

HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=
export HOST PORT
# Each of the many processes of the tests would compile the code again.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
UV := $(BIN)/uv --quiet --no-progress
# One more than there are processors: some tests wait.
PARALLEL := --numprocesses=$(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1))) --dist=worksteal
# A trace takes time, so only what failed is done again with one.
TRACE := $(BIN)/python -m pytest -m browser --last-failed --tracing=retain-on-failure --output=test-results/traces
BIOME := .biome/node_modules/.bin/biome
BIOME_VERSION := $(shell sed -n 's|.*/schemas/\([0-9.]*\)/.*|\1|p' biome.jsonc)
LOCK := $(UV) pip compile --universal --generate-hashes --no-header --no-annotate
AUDIT := $(UV) tool run --from "pip-audit>=2.9,<3" pip-audit

.DEFAULT_GOAL := help
.PHONY: help run dev sandbox test test-fast check format bench faults load fuzz mutants bom audit lock vendor clean

help: ## Say what each command does
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 20

run: .venv/ready ## Run the app on http://127.0.0.1:8000 (HOST= and PORT= change it)
	@$(BIN)/python -m app

dev: .venv/ready ## Run the app on this machine only, and reload it on every change
	@$(BIN)/flask --app app run --debug --host 127.0.0.1 --port $(PORT)

sandbox: .venv/ready ## Run only the sandbox of the API (PORT=8001)
	@PORT=$(if $(filter file,$(origin PORT)),8001,$(PORT)) $(BIN)/python -m app.sandbox

test: .venv/ready-dev ## Run all tests, on both databases and in a browser (ARGS= goes to pytest)
	@CHROMIUM="$$(sh tests/browser/chromium.sh)" TMPDIR="$$(sh tests/tmpdir.sh)" && export CHROMIUM TMPDIR && \
	$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),\
	$(BIN)/python -m pytest $(PARALLEL) -m "not browser and not faults" && \
	$(BIN)/python -m tests.postgresql pytest $(PARALLEL) -m "not browser and not faults" && \
	{ $(BIN)/python -m pytest $(PARALLEL) -m browser || { $(TRACE); exit 1; }; } && \
	$(BIN)/python -m pytest $(PARALLEL) -m faults tests/faults)

test-fast: .venv/ready-dev ## Run the tests that need no browser, no app and no seconds
	@TMPDIR="$$(sh tests/tmpdir.sh)" $(BIN)/python -m pytest $(PARALLEL) -m "not browser and not faults and not slow" $(ARGS)

check: .venv/ready-dev .biome/ready ## Check format, lint, types, templates, scripts, styles, dead code and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/djlint --quiet --lint templates
	@test ! -e .biome/ready || { echo $(BIOME) check; $(BIOME) check --error-on-warnings; }
	$(UV) pip check --python $(BIN)/python

format: .venv/ready-dev .biome/ready ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@test ! -e .biome/ready || { echo $(BIOME) check --write; $(BIOME) check --write; }

bench: .venv/ready-dev ## Measure speed, beside WTForms, Django, marshmallow and pydantic (ROWS=1000000)
	@ROWS="$(ROWS)" $(BIN)/python -m tests.benchmarks

faults: .venv/ready-dev ## Break sending on purpose (RUNS=1000; DATABASE=postgresql, SEED=, CREATES=, RESTARTS=, FLEET= as well)
	@FLEET="$(FLEET)" DATABASE="$(DATABASE)" RUNS="$(RUNS)" SEED="$(SEED)" CREATES="$(CREATES)" RESTARTS="$(RESTARTS)" $(BIN)/python -m tests.faults

load: .venv/ready-dev ## Let people work at the real server at once (SECONDS=30, PEOPLE="8 32")
	@SECONDS="$(SECONDS)" PEOPLE="$(PEOPLE)" $(BIN)/python -m tests.load

fuzz: .venv/ready-dev ## Ask the real server oddly (REQUESTS=100000; SEED=, and ONLY= asks one again)
	@REQUESTS="$(REQUESTS)" SEED="$(SEED)" ONLY="$(ONLY)" $(BIN)/python -m tests.fuzz

mutants: .venv/ready-dev ## Put small faults into rules and sending: tests have to notice (MUTANTS=60; SEED=)
	@MUTANTS="$(MUTANTS)" SEED="$(SEED)" ONLY="$(ONLY)" $(BIN)/python -m tests.mutants

bom: .venv/ready-dev ## Write what the project is made of, and under which licences (FILE=bom.json)
	@$(BIN)/python -m tests.materials $(if $(FILE),$(FILE),bom.json)

audit: .venv/uv ## Look for known weaknesses of what is locked (needs the network)
	@$(AUDIT) --version >/dev/null 2>&1 || { echo "Nothing was looked up: pip-audit cannot be installed without the network."; exit 1; }
	@result="$$($(AUDIT) --disable-pip --require-hashes --requirement requirements.lock 2>&1)" && echo "$$result" || { \
	case "$$result" in *vulnerabilit*) echo "$$result" ;; \
	*) echo "Nothing was looked up: the list of known weaknesses cannot be reached." ;; esac; exit 1; }

lock: .venv/uv ## Renew the locked versions
	echo uv | $(LOCK) --upgrade --output-file requirements-installer.lock -
	$(LOCK) --upgrade --output-file requirements.lock pyproject.toml
	$(LOCK) --upgrade --group test --group browser --group lint --output-file requirements-dev.lock pyproject.toml
	echo hatchling | $(LOCK) --constraint requirements-dev.lock --output-file deploy/requirements-build.lock -
	sed -i.before "s/^RENEWED = .*/RENEWED = \"$$(date -u +%F)\"/" app/version.py && rm app/version.py.before

vendor: ## Renew the front-end packages under static/vendor (needs npm)
	@sh static/vendor/renew.sh

clean: ## Remove the environment and all caches; instance/ stays
	rm -rf .venv .biome .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/uv: requirements-installer.lock
	@test -n "$(PYTHON)" || { echo "Install Python 3.11 or newer with its venv module (on Debian: apt-get install python3 python3-venv), then try again."; exit 1; }
	@echo "Making .venv …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-installer.lock
	@touch $@

.venv/ready: requirements.lock .venv/uv
	@echo "Installing what the app needs …"
	@$(UV) pip install --compile-bytecode --python $(BIN)/python --require-hashes --requirement requirements.lock
	@touch $@

.venv/ready-dev: requirements-dev.lock .venv/ready
	@echo "Installing what the tests need …"
	@$(UV) pip install --compile-bytecode --python $(BIN)/python --require-hashes --requirement requirements-dev.lock
	@touch $@

# Without npm, or without an answer of its registry, everything else is checked all the same.
.biome/ready: biome.jsonc
	@if [ "$$($(BIOME) --version 2>/dev/null)" = "Version: $(BIOME_VERSION)" ]; then touch $@; exit; fi; \
	rm -rf .biome; \
	command -v npm >/dev/null || { echo "Scripts and styles are not checked: that needs npm."; exit 0; }; \
	echo "Installing what checks scripts and styles …"; \
	npm install --silent --ignore-scripts --no-save --no-package-lock --no-audit --no-fund --fetch-timeout=30000 --fetch-retries=1 \
		--fetch-retry-mintimeout=1000 --prefix .biome @biomejs/biome@$(BIOME_VERSION) >/dev/null 2>&1; \
	$(BIOME) --version >/dev/null 2>&1 && touch $@ || \
	echo "Scripts and styles are not checked: npm could not install Biome $(BIOME_VERSION)."
