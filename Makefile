# Two commands: `make report` and `make test`. Each sets up what it needs by itself.
VENV := .venv
REPORT := $(VENV)/bin/report
READY := $(VENV)/.ready
PYTHON := python3
# An unpacked deposit (make archive) has wheels and raw files beside the source: it needs no network, and Pandoc's book.
DEPOSIT := $(wildcard ../ro-crate-metadata.json)
WHEELS := $(if $(DEPOSIT),../wheels)
YEAR :=

.DEFAULT_GOAL := help
.PHONY: help report test test-spark lint lock setup notebooks ledger oracle mutations parts faults same-bytes same-twin access archive archive-check bench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo 'Python 3.11 is needed; say make PYTHON=python3.11' >&2; exit 1; }
	@echo 'Setting up $(VENV) (once) …'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps $(if $(WHEELS),--no-index --find-links $(WHEELS)) -r requirements.lock
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY) ## Set up the virtual environment from requirements.lock

report: $(READY) ## Build the book, HTML and PDF, in _book/<year>   (make report YEAR=2023)
	@$(if $(DEPOSIT),REPORT_DATA="$${REPORT_DATA:-../data}") $(REPORT) build $(if $(YEAR),--year $(YEAR)) $(if $(DEPOSIT),--renderer pandoc)

test: $(READY) ## Lint, types, tests with coverage, and the ledger
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache > /dev/null || $(VENV)/bin/lint-imports --no-cache
	@$(REPORT) notebooks --check
	@$(VENV)/bin/python -m pytest -n auto --cov --cov-report=term
	@$(REPORT) ledger > /dev/null && echo 'ledger: every compared row is explained'

SPARK := .venv-spark/.ready

$(SPARK): $(READY) pyproject.toml
	@echo 'Setting up .venv-spark (once) …'
	@$(PYTHON) -m venv --clear .venv-spark
	@$(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > .venv-spark/lib/python3.11/site-packages/report.pth
	@.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^spark = \["\(.*\)"\]$$/\1/p' pyproject.toml)"
	@touch $@

test-spark: $(SPARK) ## The register's rules on Spark, too (needs Java 17; installs PySpark beside the locked packages)
	@.venv-spark/bin/python -m pytest -m spark

lint: $(READY) ## Lint and types only
	@$(VENV)/bin/ruff check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports --no-cache

notebooks: $(READY) ## Write notebooks/ from chapters/
	@$(REPORT) notebooks

ledger: $(READY) ## Every published number against the recomputed one
	@$(REPORT) ledger

oracle: $(READY) ## Make the reference values of tests/r/ anew (needs R with survey and lme4)
	@$(REPORT) twin
	@$(VENV)/bin/python tests/r/export.py _data/twin _cache/oracle
	@LC_ALL=C.UTF-8 Rscript tests/r/survey.R _cache/oracle tests/r/survey.csv
	@LC_ALL=C.UTF-8 Rscript tests/r/annex.R _cache/oracle tests/r/annex.csv
	@LC_ALL=C.UTF-8 Rscript tests/r/logit.R tests/r/logit.csv
	@$(VENV)/bin/python tests/edge_frames.py _cache/oracle/edge.csv
	@LC_ALL=C.UTF-8 Rscript tests/r/edge.R _cache/oracle/edge.csv tests/r/edge.csv
	@PYTHONPATH=. $(VENV)/bin/python tests/fake_survey.py _cache/random
	@$(VENV)/bin/python tests/r/export.py _cache/random _cache/random_csv
	@LC_ALL=C.UTF-8 Rscript tests/r/annex.R _cache/random_csv tests/r/annex_random.csv
	@PYTHONPATH=. $(VENV)/bin/python tests/r/export_register.py _data/twin _cache/oracle/register.csv
	@LC_ALL=C.UTF-8 Rscript tests/r/register.R _cache/oracle/register.csv tests/r/register.csv
	@LC_ALL=C.UTF-8 Rscript tests/r/book.R _cache/oracle tests/r/book.csv

mutations: $(READY) ## Change the estimators wrongly, one way at a time: a test must catch each
	@$(VENV)/bin/python tests/mutations.py

faults: $(READY) ## Kill builds, fill the disk, …: what stands afterwards (minutes; as root also full disks)
	@$(REPORT) twin > /dev/null
	@PYTHONPATH=.:tests $(VENV)/bin/python tests/faults.py

same-bytes: $(READY) ## Build the whole book twice, in unlike surroundings, and compare the bytes
	@$(REPORT) twin > /dev/null
	@$(VENV)/bin/python tests/same_bytes.py

same-twin: $(READY) ## Make both twins as on other processors (kernels of BLAS, SIMD, threads): one digest (10 minutes)
	@$(VENV)/bin/python -m tests.same_twin

access: $(READY) ## Check the built book's accessibility in Chromium and write data/access/
	@PYTHONPATH=.:tools $(VENV)/bin/python tools/access.py

archive: $(READY) ## Write one deposit file for a research archive, in _archive (minutes; report archive --help)
	@$(REPORT) archive

archive-check: $(READY) ## Unpack the newest deposit, make its books again without a network, and compare the bytes
	@$(VENV)/bin/python tests/deposit.py

parts: $(READY) ## Write sbom.cdx.json and docs/licences.md (after make lock)
	@$(VENV)/bin/python -m press.parts

bench: $(READY) ## Measure ours beside the others, about 40 minutes (make bench ONLY=B2)
	@$(REPORT) twin
	@if [ ! -x _cache/svy/bin/python ]; then $(PYTHON) -m venv _cache/svy && _cache/svy/bin/python -m pip install --quiet --disable-pip-version-check -r bench/svy.txt || rm -rf _cache/svy; fi
	@$(VENV)/bin/python bench/run.py $(foreach name,$(ONLY),--only $(name))

lock: ## Write requirements.lock from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock

clean: ## Remove everything that can be made again
	@rm -rf _book _cache _data .mypy_cache .ruff_cache .coverage
