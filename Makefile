# Every target sets up what it needs, once: stamps remember what was installed and built from what.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
UV := $(shell command -v uv)
BIN := .venv/bin
BUILT := src/doorward/kit/static/doorward/.built
MESSAGES := $(patsubst %.po,%.mo,$(wildcard src/doorward/locale/*/LC_MESSAGES/django.po))
# mypy reads Django's settings, which want an installation; nothing is connected to or unlocked.
SETTINGS_FOR_LINT := DATABASE_URL=postgresql:///lint DOORWARD_MASTER_KEY_FILE=build/lint.key
CHROMIUM := chromium --no-install-recommends
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --quiet

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PYTHON_DOWNLOADS := never

.PHONY: help run test apart fast browser lint bench faults judge lock migration messages chromium
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo "make run      start Doorward with its demo; ARGS=\"--port 9001 --data DIR\" is handed on"
	@echo "make test     everything that is checked: lint, then all tests"
	@echo "make apart    the tests with two fronts each, on a PostgreSQL outside"
	@echo "make fast     the pure tests: rights, protocols, decisions; about ten seconds"
	@echo "make browser  the tests that drive a browser"
	@echo "make lint     style, types, imports, templates"
	@echo "make faults   break things on purpose, ten times as long as in the tests, and count"
	@echo "make bench    the figures the product is measured by"
	@echo "make judge    an independent client examines the emulated devices; needs Python 3.13"
	@echo "make migration  write down what changed in models: ARGS=\"sites -n desks\""
	@echo "make messages   bring the languages to what the sources say; see docs/howto/translating.md"
	@echo "make lock     choose the versions of all dependencies again"

run: .venv/run.stamp $(BUILT) $(MESSAGES)
	@exec $(BIN)/doorward run --demo $(ARGS)

test: .venv/dev.stamp $(BUILT) $(MESSAGES) chromium lint
	npm test --silent
	$(BIN)/pytest $(SIDE_BY_SIDE)

# Processes with a database of their own each; tests/conftest.py says how many, and what stays
# together.
SIDE_BY_SIDE := -n auto --maxprocesses 4 --no-loadscope-reorder

# What is pure: no database, no process, no socket.
FAST := tests/protocols tests/access/test_rights.py tests/access/test_windows.py \
	tests/access/test_cards.py tests/emulator/test_auth.py tests/emulator/test_clock.py \
	tests/emulator/test_decide.py tests/connector/test_clock.py tests/connector/test_logbook.py \
	tests/connector/test_reconcile.py

# The suite in the shape of separate processes: two fronts each, on a PostgreSQL outside of them all.
apart: .venv/dev.stamp $(BUILT) $(MESSAGES) chromium
	$(BIN)/python -m tests.deploy $(BIN)/pytest $(SIDE_BY_SIDE) $(ARGS)

fast: .venv/dev.stamp
	$(BIN)/pytest $(FAST) $(ARGS)

browser: .venv/dev.stamp $(BUILT) $(MESSAGES) chromium
	$(BIN)/pytest -m browser $(ARGS)

lint: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@mkdir -p build && head -c 32 /dev/zero | base64 >build/lint.key
	$(SETTINGS_FOR_LINT) $(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint src

# It says once that no database answers: none is needed.
migration: .venv/dev.stamp
	@mkdir -p build && head -c 32 /dev/zero | base64 >build/lint.key
	$(SETTINGS_FOR_LINT) $(BIN)/doorward manage makemigrations $(ARGS)

faults: .venv/dev.stamp $(BUILT) $(MESSAGES)
	FAULTS=$(or $(FAULTS),10) $(BIN)/pytest -s -m faults $(ARGS)

bench: .venv/dev.stamp $(BUILT) $(MESSAGES)
	$(BIN)/python -m bench $(ARGS)

# The judge brings its own Python, its own environment and nothing of ours.
JUDGE_PYTHON ?= python3.13

judge: .venv/run.stamp .venv-judge/judge.stamp
	.venv-judge/bin/python tests/emulator/judge.py --emulator "$(BIN)/doorward emulator" $(ARGS)

.venv-judge/judge.stamp: locks/judge.txt
	@rm -rf .venv-judge
	$(JUDGE_PYTHON) -m venv .venv-judge
	.venv-judge/bin/python -m pip install -qq --no-deps --ignore-requires-python --require-hashes -r locks/judge.txt
	@touch $@

lock:
	$(COMPILE) pyproject.toml locks/build.in --extra server --group dev \
		--output-file locks/dev.txt $(ARGS)
	$(COMPILE) pyproject.toml locks/build.in --extra server --constraint locks/dev.txt \
		--output-file locks/run.txt $(ARGS)
	uv pip compile --universal --python-version 3.13.2 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --quiet locks/judge.in --output-file locks/judge.txt $(ARGS)
	@! grep -n '://' locks/*.txt

# Python

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Doorward needs Python 3.11 or newer:" \
		"apt-get install python3 python3-venv" >&2; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv >.venv.log 2>&1 || { rm -rf .venv; $(if $(UV),uv venv --quiet --python $(PYTHON) .venv,false); } \
		|| { cat .venv.log >&2; rm -rf .venv .venv.log; \
		echo "$(PYTHON) cannot make a virtual environment: apt-get install python3-venv" >&2; exit 1; }
	@rm -f .venv.log

# The dev lock holds all that the run lock holds.
.venv/dev.stamp: locks/dev.txt pyproject.toml | .venv/bin/python
	@$(call install,locks/dev.txt)
	@touch .venv/run.stamp $@

.venv/run.stamp: locks/run.txt pyproject.toml | .venv/bin/python
	@$(call install,locks/run.txt)
	@touch $@

# The project itself is built by what the lock brought, so nothing comes in beside the lock.
define install
	echo "Installing what $(1) lists ..."; set -e; \
	pip() { $(if $(UV),uv pip install --quiet --compile-bytecode --python $(BIN)/python "$$@" ||) \
		$(BIN)/python -m pip install -qq "$$@"; }; \
	pip --no-deps --require-hashes -r $(1); \
	pip --no-deps --no-build-isolation --editable .; \
	$(BIN)/python -m compileall -q src
endef

# Styles and scripts

node_modules/.stamp: package.json package-lock.json
	@command -v npm >/dev/null || { echo "Building the pages needs Node 20 or newer with npm:" \
		"apt-get install nodejs npm" >&2; exit 1; }
	@echo "Installing what package-lock.json lists ..."
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUILT): node_modules/.stamp $(shell find frontend -type f 2>/dev/null)
	@npm run build --silent
	@touch $@

# What is read in other languages

$(MESSAGES): %.mo: %.po | .venv/bin/python
	@$(BIN)/python -m messages.compile

messages: .venv/dev.stamp
	$(BIN)/python -m messages.update

# The browser of the tests

chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 || { echo "The browser tests need Chromium:" \
		"sudo apt-get install -y $(CHROMIUM)" >&2; exit 1; }; \
		apt-get install -y $(CHROMIUM) || { apt-get update && apt-get install -y $(CHROMIUM); }; }
