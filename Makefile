# Each target sets up what it needs (tools/setup_debian.sh installs missing Debian packages) and asks no questions.
#   make demo | test | docs | python | bench | lint | format | fuzz | coverage | clean
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
JOBS ?= $(shell nproc)
PRESET ?= release
FUZZ_SECONDS ?= 30
BUILD := build/$(PRESET)
SETUP := tools/setup_debian.sh
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: venv build demo test docs check-docs check-cpp check-corpus check-house check-web python check-python bench lint format fuzz tsan coverage clean

build:
	@$(SETUP) build
	cmake --preset $(PRESET) >/dev/null
	cmake --build $(BUILD) -j $(JOBS)

demo: build
	$(BUILD)/apps/cli/damascene demo

test: check-cpp check-corpus check-house check-web check-python check-docs
	@echo "make test: all parts passed"

# NumPy, for the example scripts that tests run; without it those tests say so and are skipped.
venv:
	@$(SETUP) build
	@[ -x .venv/bin/python ] || python3 -m venv .venv
	@.venv/bin/python -c 'import numpy' 2>/dev/null || .venv/bin/python -m pip install --quiet --disable-pip-version-check numpy \
	  || echo "NumPy not installed (offline?): its tests are skipped"

check-cpp: build venv
	ctest --test-dir $(BUILD) -j $(JOBS) --output-on-failure --no-tests=error

# Every file of tests/corpus once more, under the address and undefined-behaviour sanitizers.
check-corpus: check-cpp
	@$(SETUP) sanitize
	@if [ ! -f fuzz/CMakeLists.txt ]; then echo "corpus replay skipped: no fuzz targets"; \
	elif ! command -v clang++ >/dev/null; then echo "corpus replay skipped: clang++ is not installed"; \
	else cmake --preset asan-ubsan >/dev/null; \
	  cmake --build build/asan-ubsan -j $(JOBS) --target replay_corpus; \
	  ctest --test-dir build/asan-ubsan -j $(JOBS) --output-on-failure --no-tests=error -R '^corpus\.'; fi

check-house: check-cpp
	python3 tools/check_layers.py
	python3 tools/check_citations.py
	python3 tools/new_model.py --self-test

check-web: check-cpp
	@$(SETUP) web
	@if [ ! -f web/package.json ]; then echo "web tests skipped: no web/package.json"; \
	elif ! command -v npm >/dev/null; then echo "web tests skipped: npm is not installed"; \
	elif ! (cd web && npm ci --no-audit --no-fund --loglevel=error); then echo "web tests skipped: npm ci failed (offline?)"; \
	else cd web && npm test; fi

# The wheel from the libraries of `make build`: only the extension is compiled.
python: build
	@$(SETUP) python
	@tools/build_wheel.sh $(BUILD)

# The installed wheel, away from the source tree.
check-python: check-cpp python
	@tools/check_python.sh

# The site in build/docs: written pages, references from the program, runs of the examples, digits of the tests.
docs: build
	@tools/docs.sh $(BUILD)

# Every command block of README.md and docs/guide, as a reader would copy it.
check-docs: check-cpp
	python3 tools/docs_validation.py  # its self-test
	python3 tools/run_docs.py --self-test $(BUILD)/apps/cli/damascene
	python3 tools/run_docs.py $(BUILD)/apps/cli/damascene

# Contenders on FFTW where it is installed, else KissFFT; writes bench/RESULTS.md.
bench:
	@$(SETUP) build oracle
	python3 bench/run.py

lint: build
	@$(SETUP) lint
	python3 tools/check_layers.py
	python3 tools/check_citations.py
	@if command -v clang-format >/dev/null; then \
	  git ls-files '*.cpp' '*.hpp' | xargs -r clang-format --dry-run --Werror; \
	else echo "format check skipped: clang-format is not installed"; fi
	@if command -v clang-tidy >/dev/null; then \
	  git ls-files 'src/*.cpp' 'apps/*.cpp' | grep -v '/lanes/' | xargs -r -P $(JOBS) -n 4 clang-tidy -p $(BUILD) --quiet; \
	else echo "clang-tidy skipped: it is not installed"; fi

format:
	@$(SETUP) lint
	git ls-files '*.cpp' '*.hpp' | xargs -r clang-format -i

# FUZZ_SECONDS per target; a finding goes to tests/corpus/<target>/ with the fix.
fuzz:
	@$(SETUP) build sanitize
	cmake --preset fuzz >/dev/null
	cmake --build build/fuzz -j $(JOBS)
	@for target in $$(find build/fuzz -type f -executable -name 'fuzz_*' | sort); do \
	  name=$$(basename $$target | sed 's/^fuzz_//'); mkdir -p build/fuzz/found/$$name; seeds=; \
	  [ ! -d tests/corpus/$$name ] || seeds=tests/corpus/$$name; \
	  echo "== $$name"; \
	  $$target -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 \
	    -artifact_prefix=build/fuzz/found/$$name- build/fuzz/found/$$name $$seeds; done

# Races between iterations of the parallel loops.
tsan:
	@$(SETUP) build sanitize
	cmake --preset tsan >/dev/null
	cmake --build build/tsan -j $(JOBS) --target test_base
	ctest --preset tsan -R '^Threads\.' --no-tests=error

coverage:
	@$(SETUP) build
	cmake --preset coverage >/dev/null
	cmake --build build/coverage -j $(JOBS)
	ctest --test-dir build/coverage -j $(JOBS) --output-on-failure
	@[ -x .venv/bin/gcovr ] || { python3 -m venv .venv && .venv/bin/pip install --quiet --disable-pip-version-check gcovr; }
	.venv/bin/gcovr --root . --filter src/ --object-directory build/coverage --print-summary --txt build/coverage/coverage.txt

clean:
	rm -rf build
