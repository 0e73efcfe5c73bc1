# Two commands matter: "make demo" and "make test"; each sets up what it needs.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
READY := $(VENV)/.ready

.PHONY: demo serve test check bench soak lock clean
.DELETE_ON_ERROR:

demo: $(READY)
	$(BIN)/connector demo

serve: $(READY)
	$(BIN)/connector serve

# Most of a test's time is waiting; a file's tests stay together, for they share a service.
test: $(READY)
	$(BIN)/python tests/sdks/install.py
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/connector check

bench: $(READY)
	$(BIN)/python -m benchmarks

soak: $(READY)
	$(BIN)/python -m benchmarks.soak

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

# The exact versions that the tests run with; nothing but names and numbers.
lock:
	$(BIN)/python -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9._-]+==' > constraints.txt

clean:
	rm -rf $(VENV) .cache var dist
