# Every door to the project. `make help` lists them.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEMO   ?= demo-output
SAMPLES := data/samples

export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false
export GX_ANALYTICS_ENABLED = false

.PHONY: help setup demo test lint types layers unit gate screenshots lock clean

help:
	@echo "make demo    set up, and run the main job on the sample extracts"
	@echo "make test    set up, and pass every check: lint, types, layers, tests, the gate of ratios"
	@echo "make lint | types | layers | unit | gate    one of them"
	@echo "make screenshots    take the pictures of docs/images anew (needs Chromium)"
	@echo "make lock    resolve requirements.txt anew (needs uv)"
	@echo "make clean   remove the environment and the demo's output"

setup: $(READY)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Weighbridge needs Python 3.11 or newer; set PYTHON=")'
	@echo "setting up $(VENV) (once; about two minutes)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY)
	@$(BIN)/weighbridge run contracts/airlines.odcs.yaml $(SAMPLES)/airlines.csv --into $(DEMO)
	@$(BIN)/weighbridge run contracts/airports.odcs.yaml $(SAMPLES)/airports.csv --into $(DEMO)
	@$(BIN)/weighbridge run contracts/planes.odcs.yaml $(SAMPLES)/planes.csv --into $(DEMO)
	@$(BIN)/weighbridge run contracts/weather.odcs.yaml $(SAMPLES)/weather.csv --into $(DEMO)
	@$(BIN)/weighbridge run contracts/flights_fixed_width.odcs.yaml $(SAMPLES)/flights_201301.dat --into $(DEMO)
	@$(BIN)/weighbridge run contracts/flights_ebcdic.odcs.yaml $(SAMPLES)/flights_201301.ebc --object hours --into $(DEMO)
	@$(BIN)/weighbridge run contracts/flights_ebcdic.odcs.yaml $(SAMPLES)/flights_201301.ebc --object flights --into $(DEMO)
	@$(BIN)/weighbridge run contracts/flights.odcs.yaml $(SAMPLES)/flights.csv.gz --into $(DEMO)
	@$(BIN)/weighbridge runs --into $(DEMO)

test: lint types layers unit gate

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

unit: $(READY)
	$(BIN)/pytest -n 2 --dist worksteal

gate: $(READY)
	$(BIN)/python -m benchmarks.gate

screenshots: $(READY)
	@$(BIN)/python -m tests.report.screenshot
	@$(BIN)/python -m tests.review.screenshot

lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate -o requirements.txt

clean:
	rm -rf $(VENV) $(DEMO)
