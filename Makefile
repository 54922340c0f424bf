# make app    install what is needed and open the app with the example region
# make test   install what is needed and run all tests
# make test-all   the same, then with arrays that cannot be written into, and with many examples
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501

.PHONY: app test test-all lint types bench lock clean

# The stamps say which set was installed; they are older than the lists as soon as a list changes.
$(VENV)/.run: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

app: $(VENV)/.run
	$(BIN)/python -m oi_geo app --poort $(PORT)

# All parts run, also where one fails; nothing else runs beside what measures time.
test: $(VENV)/.dev
	failed=0; \
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not e2e and not timing" || failed=1; \
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "e2e and not timing" || failed=1; \
	$(BIN)/python -m pytest -m timing || failed=1; \
	exit $$failed

test-all: test
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not e2e and not timing" --alleen-lezen
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not e2e and not timing" --lang

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

# The peers live in an environment of their own; see benchmarks/README.md.
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.run

lock: $(VENV)/.dev
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-options --no-emit-trusted-host --no-emit-find-links \
	  --output-file requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-options --no-emit-trusted-host --no-emit-find-links --extra dev \
	  --constraint requirements.txt --output-file requirements-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
