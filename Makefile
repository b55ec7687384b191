# Two commands set up everything: `make demo` and `make test`. Both make a virtual environment in .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PLUGINS = $(wildcard plugins/*)
WORKERS ?= 2
PACKAGES = $(patsubst %/__init__.py,%,$(wildcard plugins/*/uptake_*/__init__.py))
SOURCES = pyproject.toml package-lock.json $(PLUGINS:%=%/pyproject.toml)

.PHONY: demo test lint bench translations clean

demo: $(VENV)/.installed
	$(BIN)/uptake demo $(if $(PORT),--port $(PORT))

test: lint node_modules/axe-core/axe.min.js
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check core plugins tests build_backend
	$(BIN)/mypy core/uptake
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports

bench: $(VENV)/.developing
	$(BIN)/python -m tests.bench

translations: $(VENV)/.developing
	$(BIN)/uptake translations update
	$(BIN)/uptake translations check

clean:
	rm -rf $(VENV) node_modules build dist core/uptake/web/static/vendor demo-instance
	find . -name '*.egg-info' -prune -exec rm -rf {} +

$(VENV)/.pip:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Uptake needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	touch $@

$(VENV)/.installed: $(VENV)/.pip $(SOURCES)
	PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --editable . $(PLUGINS:%=--editable ./%)
	touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group dev --editable ".[postgres,s3,charts,pdf]"
	touch $@

node_modules/axe-core/axe.min.js: package-lock.json $(VENV)/.developing
	$(BIN)/python build_backend/assets.py
	touch $@
