# `make demo` and `make test` are all that is needed; both make the virtual environment they run in.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEMO = fixtures/drift/stale-defaults/repo

.PHONY: demo docs test clean

# Passes when portlint shows its findings, and so ends with status 1.
demo: $(VENV)/.installed
	@if [ -t 1 ]; then color=always; else color=auto; fi; \
	status=0; output=$$($(BIN)/portlint check --root $(DEMO) --format table --color $$color) || status=$$?; \
	printf '%s\n' "$$output"; \
	case "$$status:$$output" in \
	    1:*PL[0-9]*) ;; \
	    *) echo "make demo: expected findings and status 1, got status $$status" >&2; exit 1 ;; \
	esac

# The site of README, docs/ and rules/, in site/; a link that leads nowhere ends it, though not with --quiet.
docs: $(VENV)/.installed-docs
	$(BIN)/mkdocs build --strict

test: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-docs: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/python -m pip install --quiet --editable '.[docs]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "portlint needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "$(PYTHON) cannot make virtual environments (no ensurepip; Debian and Ubuntu: apt install python3-venv)," \
	           "or name another: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV)
