# Two commands are enough: `make demo` and `make test`.  Both make .venv by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EDITOR := $(VENV)/editor

.PHONY: demo test editor bench lint docs pythons check lock clean

demo: $(READY)  ## The main job on an embedded sandbox: plan, apply, plan again
	$(BIN)/wagroups demo

# Two workers a core: the end-to-end tests spend a third of their time waiting for processes and sockets.
test: $(READY) editor  ## Every test, on all cores
	$(BIN)/python -m pytest --dist worksteal -n $$($(BIN)/python -c 'import os; print(2 * (os.cpu_count() or 1))')

# The YAML language server, as editors run it.  Without npm its tests are skipped and say so.
editor: $(READY)  ## What the tests of editors need
	@command -v npm >/dev/null && $(MAKE) --no-print-directory $(EDITOR)/.ready || \
		echo "The YAML language server is not installed: the tests of what editors say will be skipped."

$(EDITOR)/.ready: tests/editor/package.json tests/editor/package-lock.json
	@mkdir -p $(EDITOR) && cp $^ $(EDITOR)/
	cd $(EDITOR) && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

bench: $(READY)  ## Times against their targets, as ratios on this machine
	$(BIN)/python -m tests.bench

lint: $(READY)  ## Style, types and architecture
	$(BIN)/ruff format --check src tests examples
	$(BIN)/ruff check src tests examples
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.house.figures

docs: $(READY)  ## Write the schemas and the generated pages of docs/ anew from the code
	$(BIN)/python -m wagroups.cli.reference

pythons: $(READY)  ## The built package in an empty environment of every supported Python of this machine
	.ci/pythons

check: lint test  ## What a change must pass

lock: $(READY)  ## Renew the development lock file from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --group dev \
		--no-emit-index-url --no-header pyproject.toml --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): pyproject.toml requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "wagroups needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
