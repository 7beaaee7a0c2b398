# Every target works from a fresh clone: `.venv` and `.tools` are made when they are missing or out of date.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo check test every-test soak dear province-test fuzz native native-windows mutate coverage-proof lint format docs screenshots wheel installer installer-test installer-lock bench system release clean

# Some machines are told to keep no compiled modules. The tests start many processes, each of which would compile them all.
unexport PYTHONDONTWRITEBYTECODE

# Two tests more run side by side than there are cores, as a seventh of their time they wait for offices: one thread each.
check every-test soak dear: export POLARS_MAX_THREADS = 1
SOAKED := $(shell grep -rlE --include=*.py 'support.(times|settled_counties) import|mark.soak' tests | grep /test_)
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 2)

BIN := .venv/bin
# The scanner built to watch its own memory needs the watcher's libraries in Python; what Python leaves behind is not of interest.
CHECKED = LD_PRELOAD="$$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libubsan.so)" ASAN_OPTIONS=detect_leaks=0 \
	PYTHONMALLOC=malloc CANBAO_SCANNER="$$(ls $(CURDIR)/out/checked/scanner-*)"
VENV := .venv/.ready
VALIDATOR := .tools/.ready

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)  ## generate, fill, check and merge a small county (Python packages only)
	$(BIN)/canbao demo

check: lint  ## the quick check: style, types, import rules and the fast tests, without root, apt or npm
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not office and not dear"

test: lint every-test  ## everything CI asks for: style, types, import rules, all tests

every-test: $(VENV) system $(VALIDATOR)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --durations=40

soak: $(VENV) system  ## what tests do a few times in each run, many times: five minutes and more, before a release
	CANBAO_SOAK=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(SOAKED)

province-test: $(VENV)  ## the comparison of counties on Spark: the same rows as DuckDB and polars (installs PySpark, and Java as root, with apt)
	@bash tools/bootstrap.sh spark
	$(BIN)/python -m pytest -q --disable-warnings tests/province/comparison_on_spark.py

dear: $(VENV) system $(VALIDATOR)  ## measure all tests and write down which are dear: the quick check leaves them out
	rm -rf out/dear && mkdir -p out/dear
	CANBAO_DEAR=$(CURDIR)/out/dear $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
	CANBAO_DEAR=$(CURDIR)/out/dear PYTHONPATH=tests $(BIN)/python -m support.dear
	rm -rf out/dear

fuzz: $(VENV) system  ## damage workbooks by chance for an hour: each is told of, or read as other readers read it
	$(BIN)/python tools/native.py --checked --out out/checked
	$(CHECKED) $(BIN)/python -m pytest -q tests/validators/test_scanner.py tests/validators/test_reading_lanes.py tests/validators/test_hostile_corpus.py -k "not libreoffice"
	$(CHECKED) CANBAO_FUZZ=1200 $(BIN)/python -m pytest -q tests/validators/test_mutations.py -k every_variant
	CANBAO_FUZZ=2400 $(BIN)/python -m pytest -q tests/validators/test_mutations.py -k every_variant
	CANBAO_FUZZ=600 $(BIN)/python -m pytest -q tests/test_policy_promises.py -k rosters

native: $(VENV)  ## build the compiled scanner for this machine: large sheets are read in half the time; nothing needs it
	$(BIN)/python tools/native.py

native-windows: $(VENV)  ## the same for Windows x64 and arm64, by ziglang of PyPI
	@bash tools/bootstrap.sh zig
	$(BIN)/python tools/native.py --windows

mutate: $(VENV)  ## change code, specs and policies in 200 places, one at a time: does a test notice? less with MUTATE="--area masks"
	PYTHONPATH=tools $(BIN)/python -m mutate $(MUTATE)

coverage-proof: $(VENV)  ## change every figure of the notices: do the tests that docs/coverage.md names fail?
	PYTHONPATH=tools $(BIN)/python -m mutate.coverage_proof

lint: $(VENV)  ## style, format, types and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)  ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(VENV)  ## build the wheel, install it in a clean venv and run it from there
	bash tools/check_wheel.sh

installer: native-windows  ## build dist/canbao-<version>-setup.exe for Windows (installs makensis as root, with apt)
	@bash tools/bootstrap.sh installer
	PYTHONPATH=tools $(BIN)/python -m installer.build $(if $(CERTIFICATE),--certificate "$(CERTIFICATE)" \
		$(if $(PASSWORD_FILE),--password-file "$(PASSWORD_FILE)") $(if $(TIMESTAMP),--timestamp "$(TIMESTAMP)"))

installer-test: native-windows  ## install, use and remove it under Wine; doors in a file manager (installs both as root, with apt)
	@bash tools/bootstrap.sh installer wine
	$(BIN)/python -m pytest --durations=20 tests/addin/in_a_file_manager.py $(wildcard tests/windows/*_under_wine.py)

installer-lock: $(VENV)  ## fetch what the installer packs at the versions of constraints.txt, and write down the hashes
	PYTHONPATH=tools $(BIN)/python -m installer.lock

bench: $(VENV)  ## how fast canbao is, beside other libraries; less with BENCH="--scale 0.1"; writes docs/benchmarks.md
	@bash tools/bootstrap.sh bench
	PYTHONPATH=tools $(BIN)/python -m bench $(BENCH)

system:  ## what the tests need from the system: LibreOffice with windows, a virtual screen, a Chinese font, poppler, npm
	@bash tools/bootstrap.sh system

$(VENV): pyproject.toml constraints.txt tools/bootstrap.sh
	@bash tools/bootstrap.sh python

$(VALIDATOR): tools/bootstrap.sh | system
	@bash tools/bootstrap.sh validator

docs: $(VENV)  ## make the generated pages anew: error codes, tables of checks and columns, functions of the formula language
	$(BIN)/python tools/error_codes.py
	$(BIN)/python tools/formula_functions.py
	$(BIN)/python tools/made_tables.py

release: soak installer-test province-test  ## make release VERSION=1.2.3: fragments of changes/ into CHANGELOG.md, the version, a commit and a tag
	python3 tools/release.py $(VERSION)

screenshots: $(VENV) system  ## take the manual's pictures anew, by pressing the buttons in LibreOffice
	$(BIN)/python tools/screenshots.py

clean:  ## remove what the targets made
	rm -rf .kept .venv .tools build dist out .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
