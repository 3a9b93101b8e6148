# What a change must pass, and what helps on the way there. CONTRIBUTING.md says more.

PYTHON ?= python3
# How long each fuzz target runs.
FUZZ_SECONDS ?= 60

TARGET := $(or $(CARGO_TARGET_DIR),target)
VENV := $(TARGET)/interop-venv
FUZZ := cargo fuzz
FUZZ_DIR := --fuzz-dir benches/fuzz
# What fuzzing begins with, besides what earlier runs have found.
FUZZ_SEEDS := $(wildcard fixtures/*/) $(wildcard schemas/*/) crates/schema/tests/diagnostics

.PHONY: test check tests docs interop bench fuzz bless
# One step after the other, so that the last lines on the screen are those of the step that failed.
.NOTPARALLEL:

## Everything: what CI runs, and what has to pass before a change goes in.
test: check tests docs interop
	@echo "Everything passed."

## Format and lints, warnings denied.
check:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

## All tests: units, integration, golden cases, one round of each bench, examples in the documentation.
tests:
	cargo test --locked --workspace --all-targets
	cargo test --locked --workspace --doc

## The documentation builds, and its links lead somewhere.
docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

## DuckDB, pyarrow and Polars read what sawlog writes.
interop: $(VENV)/ready
	cargo build --locked -p sawlog
	$(VENV)/bin/python fixtures/interop/check.py $(TARGET)/debug/sawlog

# Made anew whenever the pinned versions change.
$(VENV)/ready: fixtures/interop/requirements.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

## Criterion benches of the stages; benches/README.md tells how to run one of them.
bench:
	cargo bench --locked -p sawlog-benches

## Every fuzz target for FUZZ_SECONDS. RUSTC_BOOTSTRAP lets a stable compiler take the sanitizer's switches.
fuzz:
	@$(FUZZ) --version >/dev/null 2>&1 || { echo "cargo-fuzz is missing: cargo install cargo-fuzz"; exit 1; }
	@for target in $$($(FUZZ) list $(FUZZ_DIR)); do \
		echo "fuzzing $$target for $(FUZZ_SECONDS) s"; \
		mkdir -p benches/fuzz/corpus/$$target; \
		RUSTC_BOOTSTRAP=1 $(FUZZ) run $(FUZZ_DIR) $$target benches/fuzz/corpus/$$target $(FUZZ_SEEDS) \
			-- -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

## Writes what the code does today into the golden cases, the pages of log types and the schema for editors. Read
## the difference before you commit it.
bless:
	SAWLOG_BLESS=1 cargo test --locked -p sawlog-schema -p sawlog-engine --lib \
		--test diagnostics --test diff --test export --test pages --test golden
	git diff --stat
