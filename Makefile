# One command sets everything up and does the main job: make app. One passes the tests: make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TRAIN := .venv-train
SAMPLE := sample_contracts/pret_immobilier_notice.pdf

.PHONY: app check test test-long test-train train bench findings freeze golden samples lock wheel clean help

help:           ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

app: $(VENV)/base        ## set up, then open the page in the browser
	$(BIN)/sceau app

check: $(VENV)/base      ## print the warnings of a sample contract
	$(BIN)/sceau check $(SAMPLE)

test: $(VENV)/dev        ## lint, types and the tests (under ten minutes on two cores)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 -m "not long and not train"

test-long: $(VENV)/dev   ## what takes longer: fuzzing, hostile files, scale
	$(BIN)/pytest -m long

test-train: $(TRAIN)/ready   ## the tests that need torch, in an environment of their own
	$(TRAIN)/bin/pytest -m train -n 0

train: $(TRAIN)/ready    ## make the encoder anew (PRETRAINING=folder of texts)
	$(TRAIN)/bin/sceau train $(if $(PRETRAINING),--pretraining $(PRETRAINING))

bench: $(VENV)/dev       ## time and memory against pdfplumber
	$(BIN)/python benchmarks/run.py

findings: $(VENV)/dev    ## which findings over the samples appeared and vanished since they were frozen
	$(BIN)/python -m tests.frozen.freeze --show

freeze: $(VENV)/dev      ## freeze the findings over the samples as they are now
	$(BIN)/python -m tests.frozen.freeze

golden: $(VENV)/dev      ## write the golden reports and the published schema anew
	$(BIN)/python -m tests.reporting.golden
	$(BIN)/python -m analyzer.reporting.json > analyzer/reporting/report.schema.json
	$(BIN)/python -m analyzer.reporting.comparison > analyzer/reporting/comparison.schema.json

samples: $(VENV)/dev     ## make the sample contracts anew
	$(BIN)/python sample_contracts/make.py
	$(BIN)/python sample_contracts/make_forms.py

lock: $(VENV)/dev        ## choose versions anew
	$(BIN)/uv pip compile --quiet --universal --extra dev --no-header --no-annotate --output-file requirements.lock pyproject.toml

wheel: $(VENV)/dev       ## build the wheel into dist/
	$(BIN)/python -m build --wheel

clean:                   ## remove the virtual environments and what was built
	rm -rf $(VENV) $(TRAIN) build dist *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Sceau needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/base: $(BIN)/python pyproject.toml requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	@touch $@

$(VENV)/dev: $(VENV)/base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable ".[dev]"
	@touch $@

$(TRAIN)/ready: $(BIN)/python pyproject.toml requirements.lock requirements-train.lock
	$(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --constraint requirements-train.lock --editable ".[dev,train]"
	@touch $@
