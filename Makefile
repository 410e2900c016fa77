# SPDX-License-Identifier: Apache-2.0
# Every daily task is a target here, and CI runs the same ones. `make` alone lists them.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PORT ?= 3031
SECONDS ?= 60
ROUNDS ?= 20
ALL ?=

build/%/build.ninja: CMakePresets.json
	@cmake --preset $* >build/$*.configure.log 2>&1 || { cat build/$*.configure.log; exit 1; }

help: ## List the targets
	@sed -nE 's/^([a-z0-9-]+):[^#]*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

demo: setup-build build/release/build.ninja ## Build and start a sample clinic with one visit to join (PORT=3031)
	@ninja --quiet -C build/release vcare
	@exec build/release/bin/vcare demo --port $(PORT)

build: setup-test build/dev/build.ninja ## Build everything, tests included, for daily work
	@ninja -C build/dev

release: setup-build build/release/build.ninja ## Build the program as it is shipped
	@ninja -C build/release

package: setup-package build/release/build.ninja ## Make the package for Debian and the tarball for others, in build/package
	@ninja --quiet -C build/release vcare
	@node tools/package/package.mjs --binary build/release/bin/vcare --out build/package

image: setup-package build/release/build.ninja ## Make the OCI image: no shell, not root, read-only; in build/image
	@ninja --quiet -C build/release vcare
	@node tools/package/package.mjs --binary build/release/bin/vcare --out build/image --image

test: setup-test build/asan/build.ninja build/release/build.ninja ## Run every test (T=Admit* runs the C++ tests that match)
	@node tools/test/run.mjs $(if $(T),--filter '$(T)') $(if $(ALL),--all-files)

test-unit: setup-test build/dev/build.ninja ## Run the unit tests (T=Admit* filters)
	@node tools/test/run.mjs --preset dev --only unit,compile_fail $(if $(T),--filter '$(T)')

test-sim: setup-test build/dev/build.ninja ## Run the simulation's tests (T=… filters)
	@node tools/test/run.mjs --preset dev --only simulation $(if $(T),--filter '$(T)')

test-integration: setup-test build/dev/build.ninja ## Run the tests that start the real program (T=… filters)
	@node tools/test/run.mjs --preset dev --only integration $(if $(T),--filter '$(T)')

test-e2e: setup-test build/asan/build.ninja build/release/build.ninja ## Run the browser tests
	@node tools/test/run.mjs --only e2e

test-web: setup-test ## Run the tests of the pages and of the tools
	@node tools/test/run.mjs --only vitest,node

test-tsan: setup-test build/tsan/build.ninja ## Run the C++ tests under ThreadSanitizer
	@node tools/test/run.mjs --preset tsan --only unit,integration,simulation

simulate: setup-test build/bench/build.ninja ## Simulate visits with seeded faults (SEED=1 VISITS=1000)
	@ninja --quiet -C build/bench simulate
	@build/bench/bin/simulate $(if $(SEED),--seed $(SEED)) $(if $(VISITS),--visits $(VISITS)) $(if $(PLANTED),--planted $(PLANTED))

chaos: setup-test build/bench/build.ninja ## Strike the real program and all it stands on (ROUNDS=20 SEED= replays one)
	@ninja --quiet -C build/bench vcare chaos
	@VCARE_BINARY=build/bench/bin/vcare build/bench/bin/chaos --logs build/chaos --rounds $(ROUNDS) $(if $(SEED),--seed $(SEED))

fuzz: setup-test build/fuzz/build.ninja ## Fuzz every target (SECONDS=60 each, T=request for one)
	@ninja --quiet -C build/fuzz fuzzers
	@for target in build/fuzz/bin/fuzz/fuzz_$(or $(T),*); do \
	    corpus=$${target##*/fuzz_}; mkdir -p build/fuzz/corpus/$$corpus; echo "== $$corpus"; \
	    $$target -max_total_time=$(SECONDS) -max_len=4096 -timeout=10 -print_final_stats=1 \
	        -artifact_prefix=build/fuzz/ build/fuzz/corpus/$$corpus tests/fuzz/corpus/$$corpus || exit 1; \
	done

bench: setup-bench build/bench/build.ninja ## Measure the program against its limits (about three minutes)
	@ninja --quiet -C build/bench vcare bench_programs
	@node bench/run.mjs

tidy: setup-test build/dev/build.ninja ## Check format, lint and the rules of the house (ALL=1: lint unchanged files too)
	@node tools/test/run.mjs --preset dev --only tidy $(if $(ALL),--all-files)

fmt: setup-test ## Format the C++ sources
	@git ls-files -co --exclude-standard '*.cpp' '*.hpp' | grep -v '/planted/' | xargs -r -P2 -n20 clang-format-19 -i

build-times: setup-test ## Build from clean without a compiler cache and list the slowest files
	@node tools/test/build_times.mjs

web: setup-build ## Build the pages into web/dist
	@node tools/embed/web_build.mjs --root .

clean: ## Remove what was built
	@rm -rf build web/dist

setup-%:
	@tools/setup.sh $*

.PHONY: help demo build release package image test test-unit test-sim test-integration test-e2e test-web test-tsan simulate chaos bench fuzz tidy fmt \
	build-times web clean
