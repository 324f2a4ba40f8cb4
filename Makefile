# Every target is a sentence: 'make' prints them.
#
#   make test PKG=./models/... RUN='TestAccept|TestOffer' ARGS='-v -count=1'
#   make fuzz FUZZTIME=5m PKG=./federation/wire

SHELL      := bash
.SHELLFLAGS := -eu -o pipefail -c
export CGO_ENABLED := 0

PKG      ?= ./...
RUN      ?=
ARGS     ?=
BENCH    ?= Table
FUZZTIME ?= 1m
DURATION ?= 5m
TIMEOUT  ?= 60m

.DEFAULT_GOAL := help
.PHONY: help run build test bench fuzz soak lint demo-once go

help: ## Prints this.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Builds Ensemble and shows it: a few small servers on this machine, talking to each other.
	@.ci/install ffmpeg
	@$(MAKE) --no-print-directory build
	@exec bin/ensemble demo $(ARGS)

build: go ## Builds the one binary, bin/ensemble.
	@echo "Compiling. The first time takes some minutes, later ones seconds."
	@go build -trimpath -o bin/ensemble ./cmd/ensemble

test: go ## Runs all tests, on SQLite and on a PostgreSQL of their own (PKG=, RUN=, ARGS= narrow it down).
	@.ci/install chromium
	@.ci/peer
	.ci/with-postgres go test -timeout $(TIMEOUT) $(if $(RUN),-run '$(RUN)') $(ARGS) $(PKG)

# Benchmarks want the planner's statistics fresh, and one package at a time.
bench: go ## Measures what we promise about costs, and prints it beside the promise (BENCH=. runs every benchmark).
	AUTOVACUUM=on .ci/with-postgres go test -p 1 -timeout 1h -run '^$$' -bench '$(BENCH)' $(ARGS) $(if $(filter Table,$(BENCH)),./cmd/ensemble,$(PKG))

# The seeds run with 'make test' too. Only one target can be fuzzed at a time,
# and only packages that have one are compiled to be asked for its name.
fuzz: go ## Throws random input at every fuzz target, FUZZTIME=1m each.
	@listed=$$(go list -f '{{.ImportPath}} {{.Dir}}' $(PKG)); \
	while read -r pkg dir; do \
		grep -qs '^func Fuzz' "$$dir"/*_test.go || continue; \
		targets=$$(go test -list '^Fuzz' "$$pkg" | grep '^Fuzz'); \
		for target in $$targets; do \
			echo "Fuzzing $$pkg $$target for $(FUZZTIME)."; \
			go test -run "^$$target$$" -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $(ARGS) "$$pkg" </dev/null; \
		done; \
	done <<<"$$listed"

# Servers are killed, PostgreSQL is stopped, destinations fail, and every call of the
# database fails once. The tables say what was lost or doubled; neither may be.
soak: go ## Disturbs servers in every way for DURATION=5m a database, and says what was lost.
	ENSEMBLE_SOAK=$(DURATION) .ci/with-postgres go test -count=1 -timeout 24h -v -run 'TestSoak' ./cmd/ensemble | grep -v level=
	ENSEMBLE_SOAK=$(DURATION) .ci/with-postgres go test -count=1 -timeout 24h -run 'TestWhateverCallOfTheDatabaseFails' ./cmd/ensemble

# staticcheck is pinned by a module of its own, so that go.mod lists what Ensemble is made of and no more.
lint: go ## Checks the form of the code: gofmt, go vet, staticcheck, and the shell scripts.
	@unformatted=$$(find . \( -name node_modules -o -name '.?*' \) -prune -o -name '*.go' -print | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "Not as gofmt writes it:"; echo "$$unformatted"; exit 1; fi
	@for script in .ci/install .ci/peer .ci/run .ci/with-postgres; do bash -n $$script; done
	go vet $(PKG)
	@go build -C .ci/tools -o ../../bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck $(PKG)

demo-once: build ## Plays the demo once, without a person, and says whether it went well.
	timeout 300 bin/ensemble demo -once

go:
	@command -v go >/dev/null || { echo "Go is not on the PATH. Ensemble needs Go 1.26 or newer: install it from https://go.dev/dl/ and try again."; exit 1; }
