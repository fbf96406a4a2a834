# make repro   from a bare machine to the verdict: makes .venv from the lock, runs what is stale
# make test    the whole test suite
# make lint    style and types           make setup  the environment alone; the others make it too
# make docs    the site, into the folder site; its tutorials are run
# make mlflow  the runs in a browser      make serve   nightly runs by Prefect
# make clean   what the pipeline made (DVC's cache stays)

PYTHON ?= python3
NAMED := $(if $(filter file,$(origin PYTHON)),,$(PYTHON)) # make PYTHON=python3.13
VENV := .venv
BIN := $(VENV)/bin

# The name of the stamp holds the checksum of the lock: as long as it is there, there is nothing to do.
LOCKED := $(shell { cat requirements.lock pyproject.toml; printf '%s' '$(strip $(NAMED))'; } | cksum | cut -d' ' -f1)
STAMP := $(VENV)/locked-$(LOCKED)

COMMANDS := $(BIN)/
MADE := site

.PHONY: first test lint docs setup

first: repro

include project.mk # repro, mlflow, serve, clean: those of every project

repro mlflow serve: $(STAMP)

# three processes for two cores: tests of servers wait a good part of their time
test: $(STAMP)
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: $(STAMP)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

docs: $(STAMP)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

setup: $(STAMP)

# uv where present, the standard library otherwise; both check every hash in the lock. The pip that
# comes with Python 3.11 looks past the lock where one package asks for another with extras.
$(STAMP):
	@echo "Setting up $(VENV) from requirements.lock: a minute with uv, a few without"
	@if test -n '$(strip $(NAMED))' && test -x $(BIN)/python; then \
	  asked=$$($(PYTHON) -c 'import sys; print(*sys.version_info[:2], sep=".")') || exit 1; \
	  $(BIN)/python -c "import sys; have = '%d.%d' % sys.version_info[:2]; sys.exit('$(VENV) has Python ' + have + ', $(PYTHON) is $$asked: remove $(VENV) to make it anew' if have != '$$asked' else 0)"; \
	fi
	@if command -v uv >/dev/null 2>&1; then \
	  set -e; \
	  test -x $(BIN)/python || uv venv --quiet --python '$(or $(strip $(NAMED)),>=3.11)' $(VENV); \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock; \
	  uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
	else \
	  set -e; \
	  $(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed; name one: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'; \
	  test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
	  $(BIN)/python -m pip install --quiet --upgrade pip; \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock; \
	  $(BIN)/python -m pip install --quiet --no-deps --editable .; \
	fi
	@rm -f $(VENV)/locked-*
	@touch $@
