# Two commands: `make report` and `make test`. Each sets up what it needs by itself.
VENV := .venv
REPORT := $(VENV)/bin/report
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
# The first of these that is new enough; looked for only when something is set up. Or say make PYTHON=/path/to/python.
PYTHON = $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell $(name) -c \
  'import sys; print("$(name)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
# An unpacked deposit (make archive) has wheels and raw files beside the source: it needs no network, and Pandoc's book.
DEPOSIT := $(wildcard ../ro-crate-metadata.json)
# A folder of wheels, to set up without a network (make wheels fills it).
WHEELS := $(if $(DEPOSIT),../wheels)
SETUP = $(or $(PYTHON),$(error Python 3.11 or newer is needed, and none is on the path; say make PYTHON=/path/to/python)) \
  tools/setup.py --venv $(VENV) $(if $(WHEELS),--wheels $(WHEELS))
YEAR :=

.DEFAULT_GOAL := help
.PHONY: help report test test-python test-spark lint lock setup setup-dev wheels notebooks ledger oracle mutations parts \
  faults same-bytes same-twin access archive archive-check reference bench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

$(READY): requirements.txt pyproject.toml
	@$(SETUP)

$(READY_DEV): requirements-dev.txt $(READY)
	@$(SETUP) --dev

setup: $(READY) ## Set up the virtual environment from requirements.txt: all that make report needs

setup-dev: $(READY_DEV) ## Set up what tests and lint need on top of it, from requirements-dev.txt

wheels: $(READY) ## Fetch both locks' wheels for this machine into wheels/: elsewhere, make setup WHEELS=wheels needs no network
	@$(VENV)/bin/python tools/setup.py --fetch wheels
	@$(VENV)/bin/python tools/setup.py --fetch wheels --dev

report: $(READY) ## Build the book, HTML and PDF, in _book/<year>   (make report YEAR=2023)
	@$(if $(DEPOSIT),REPORT_DATA="$${REPORT_DATA:-../data}") $(REPORT) build $(if $(YEAR),--year $(YEAR)) $(if $(DEPOSIT),--renderer pandoc)

test: $(READY_DEV) ## Lint, types, tests with coverage, and the ledger of every edition
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/mypy tools
	@$(VENV)/bin/lint-imports --no-cache > /dev/null || $(VENV)/bin/lint-imports --no-cache
	@$(REPORT) notebooks --check
	@$(VENV)/bin/python -m pytest -n auto --cov --cov-report=term
	@$(REPORT) ledger --each > /dev/null && echo 'ledger: every compared row of every edition is explained'

OTHER := python3.13
OTHER_VENV = .venv-$(shell $(OTHER) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
# Where a Python could show: estimates against R's, their rules, words, numbers, notebooks, set-up. No book, no twin.
FAST := $(patsubst %,tests/test_%.py,estimates edge_oracle curves linearization logit models freedom complements rules \
  secondary dominance verdict phrases orders numbers tables exhibit notebook locks install environment parts)

test-python: $(READY) ## Fast tests on another Python, and one chapter with the same numbers (make test-python OTHER=python3.12)
	@$(MAKE) --no-print-directory setup-dev VENV=$(OTHER_VENV) PYTHON=$(OTHER)
	@$(OTHER_VENV)/bin/python -m pytest -n auto $(FAST)
	@$(OTHER_VENV)/bin/python tests/same_numbers.py $(VENV)/bin/python

SPARK := .venv-spark/.ready

$(SPARK): $(READY_DEV) pyproject.toml
	@echo 'Setting up .venv-spark (once) …'
	@$(VENV)/bin/python -m venv --clear .venv-spark
	@$(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > \
	  $$(.venv-spark/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/report.pth
	@.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check "$$(sed -n 's/^spark = \["\(.*\)"\]$$/\1/p' pyproject.toml)"
	@touch $@

test-spark: $(SPARK) ## The register's rules on Spark, too (needs Java 17; installs PySpark beside the locked packages)
	@.venv-spark/bin/python -m pytest -m spark

lint: $(READY_DEV) ## Lint, types, and the book's Norwegian: typed numbers and directions, and spelling where hunspell is
	@$(VENV)/bin/ruff check . && $(VENV)/bin/mypy && $(VENV)/bin/mypy tools && $(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/python tools/language.py

notebooks: $(READY) ## Write notebooks/ from chapters/
	@$(REPORT) notebooks

ledger: $(READY) ## Every published number against the recomputed one
	@$(REPORT) ledger

oracle: $(READY_DEV) ## Make the reference values of tests/r/ anew (needs R with survey and lme4)
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

mutations: $(READY_DEV) ## Change the estimators wrongly, one way at a time: a test must catch each
	@$(VENV)/bin/python tests/mutations.py

faults: $(READY) ## Kill builds, fill the disk, …: what stands afterwards (minutes; as root also full disks)
	@$(REPORT) twin > /dev/null
	@PYTHONPATH=.:tests $(VENV)/bin/python tests/faults.py

same-bytes: $(READY) ## Build the whole book twice, in unlike surroundings, and compare the bytes
	@$(REPORT) twin > /dev/null
	@$(VENV)/bin/python tests/same_bytes.py

same-twin: $(READY_DEV) ## Make both twins as on other processors (kernels of BLAS, SIMD, threads): one digest (10 minutes)
	@$(VENV)/bin/python -m tests.same_twin

access: $(READY_DEV) ## Check the built book's accessibility in Chromium and write data/access/
	@PYTHONPATH=.:tools $(VENV)/bin/python tools/access.py

archive: $(READY_DEV) ## Write one deposit file for a research archive, in _archive (minutes; report archive --help)
	@$(REPORT) archive

archive-check: $(READY_DEV) ## Unpack the newest deposit, make its books again without a network, and compare the bytes
	@$(VENV)/bin/python tests/deposit.py

parts: $(READY_DEV) ## Write sbom.cdx.json, docs/licences.md and tools/elsewhere.json (after make lock)
	@PYTHONPATH=.:tools $(VENV)/bin/python tools/locks.py
	@PYTHONPATH=.:tools $(VENV)/bin/python tools/parts.py

reference: $(READY) ## Write docs/reference.md, what a cell can say, from the docstrings of helpers
	@$(REPORT) twin > /dev/null
	@PYTHONPATH=. $(VENV)/bin/python tools/reference.py

bench: $(READY) ## Measure ours beside the others, about 40 minutes (make bench ONLY=B2)
	@$(REPORT) twin
	@if [ ! -x _cache/svy/bin/python ]; then $(VENV)/bin/python -m venv _cache/svy && _cache/svy/bin/python -m pip install --quiet --disable-pip-version-check -r bench/svy.txt || rm -rf _cache/svy; fi
	@$(VENV)/bin/python bench/run.py $(foreach name,$(ONLY),--only $(name))

# One lock for all supported Pythons and platforms; what is locked stays as it is unless UPGRADE says otherwise.
LOCK = $(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --only-binary :all: --generate-hashes \
  --no-emit-index-url --no-annotate --no-header --quiet $(if $(UPGRADE),$(if $(filter all,$(UPGRADE)),--upgrade,-P $(UPGRADE)))

lock: ## Write both locks from pyproject.toml (make lock UPGRADE=all, UPGRADE=pandas); then make parts
	@test -x $(VENV)/bin/uv || $(SETUP)
	@$(LOCK) --extra setup -o requirements.txt
	@$(LOCK) --extra setup --extra dev -c requirements.txt -o requirements-dev.txt \
	  $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements.txt)

clean: ## Remove everything that can be made again
	@rm -rf _book _cache _data .mypy_cache .ruff_cache .coverage
