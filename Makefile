# Sanse (三色). `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

GO   ?= go
WEB  := cmd/sanse/internal/web
ARGS ?=

GO_FILES  := $(shell find cmd data geo planner reports routing -type f \( -name '*.go' -o -name '*.sql' -o -name '*.json' \) -not -path '*/node_modules/*' -not -path '*/dist/*')
WEB_FILES := $(shell find $(WEB)/src $(WEB)/public -type f 2>/dev/null) $(WEB)/index.html $(WEB)/today.html $(WEB)/shell.mjs $(WEB)/vite.config.ts $(WEB)/tsconfig.json

export CGO_ENABLED := 1

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: demo
demo: needs-demo build ## make the demo district, plan its visits, and serve the pages
	./bin/sanse demo $(ARGS)

.PHONY: build
build: bin/sanse ## build the program into bin/

bin/sanse: go.mod go.sum $(GO_FILES) $(WEB)/dist/index.html
	$(GO) build -trimpath -o $@ ./cmd/sanse

.PHONY: web
web: $(WEB)/dist/index.html ## build the pages that the program serves

$(WEB)/node_modules/.package-lock.json: $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund
	@touch $@

$(WEB)/dist/index.html: $(WEB)/node_modules/.package-lock.json $(WEB_FILES)
	cd $(WEB) && npm run build

.PHONY: test
test: needs-test web ## all that CI runs: lint, unit tests, pages in a browser
	@$(MAKE) --no-print-directory -j2 lint tests

# Walks and servers wait a good deal: lint computes beside them.
.PHONY: tests
tests:
	@$(MAKE) --no-print-directory test-web
	@$(MAKE) --no-print-directory test-go

.PHONY: check
check: needs-demo web ## the quick part of test: vet and short tests
	$(GO) vet ./...
	$(GO) test -short ./...

.PHONY: test-go
test-go: needs-test build ## the Go tests, the browser test among them
	node .ci/gotest.mjs -tags=purego ./routing/hierarchy
	node .ci/gotest.mjs ./$(WEB) ./cmd/sanse ./... # what takes longest begins first

.PHONY: test-web
test-web: $(WEB)/node_modules/.package-lock.json ## the pages' own unit tests
	cd $(WEB) && npm test

.PHONY: lint
lint: web ## golangci-lint, from a modfile of its own
	$(GO) tool -modfile=.ci/tools.mod golangci-lint run ./...

.PHONY: bench
bench: web ## the benchmarks of docs/benchmarks.md
	$(GO) test -run '^$$' -bench . -benchmem ./geo/... ./routing/... ./planner/... ./reports/... ./data/...

# Rows of finished runs are kept in bin/bench: run it again to go on.
BENCH := ../shared/bench

RESIDENTS ?= 60000
BLOCKS ?= 100

.PHONY: bench-city
bench-city: build ## a made-up city (RESIDENTS, in problems of BLOCKS communities) planned and checked
	@mkdir -p bin/bench && $(GO) build -o bin/benchmark ./planner/internal/benchmark
	bin/benchmark city -residents $(RESIDENTS) -blocks $(BLOCKS) -o bin/bench/city.jsonl
	bash -c 'time bin/sanse plan --problem bin/bench/city.jsonl -o bin/bench/city.plans.jsonl'
	bin/sanse check bin/bench/city.jsonl bin/bench/city.plans.jsonl

.PHONY: bench-planner
bench-planner: ## the planner on the published instances in ../shared (hours; stop it and go on at will)
	@mkdir -p bin/bench && $(GO) build -o bin/benchmark ./planner/internal/benchmark
	@test -d $(BENCH)/pvrp || { echo "no instances in $(BENCH)"; exit 1; }
	bin/benchmark -set pvrp -dir $(BENCH)/pvrp -csv bin/bench/pvrp.csv -time 60s -threads 2 -seeds 1,2
	bin/benchmark -set solomon -dir $(BENCH)/vrptw/solomon -best $(BENCH)/vrptw/best_known.csv -csv bin/bench/distance.csv -time 30s -threads 1 -parallel 2 -seeds 1
	bin/benchmark -set solomon -dir $(BENCH)/vrptw/solomon -best $(BENCH)/vrptw/best_known.csv -objective vehicles -csv bin/bench/vehicles.csv -time 30s -threads 1 -parallel 2 -seeds 1
	@for f in pvrp distance vehicles; do bin/benchmark -summary bin/bench/$$f.csv; done

.PHONY: bench-grids
bench-grids: ## grids drawn from the published dual graphs in ../shared (half an hour; stop it and go on at will)
	@mkdir -p bin/bench && $(GO) build -o bin/benchmark-grids ./geo/districting/internal/benchmark
	@test -d $(BENCH)/districting || { echo "no graphs in $(BENCH)"; exit 1; }
	bin/benchmark-grids -dir $(BENCH)/districting -csv bin/bench/grids.csv -tolerance 0.5 -time 60s -threads 2 -seeds 1,2,3
	bin/benchmark-grids -summary bin/bench/grids.csv

.PHONY: bench-sites
bench-sites: ## sites on the published instances in ../shared, and in a made-up city (some minutes)
	@mkdir -p bin/bench && $(GO) build -o bin/benchmark-sites ./reports/siting/internal/benchmark
	@test -d $(BENCH)/pmed || { echo "no instances in $(BENCH)"; exit 1; }
	bin/benchmark-sites -dir $(BENCH) -time 10s | tee bin/bench/sites.csv
	for goal in mclp lscp pmedian; do bin/benchmark-sites -city 100000 -sites 2000 -p 50 -goal $$goal -time 60s || exit 1; done | tee bin/bench/city-sites.csv

.PHONY: bench-million
bench-million: web ## the map of a district with 1,000,000 residents, in Chromium (a quarter of an hour)
	$(GO) test ./cmd/sanse/internal/web -run '^$$' -bench Million -benchtime 1x -timeout 90m

.PHONY: fmt
fmt: ## format the Go code
	$(GO) tool -modfile=.ci/tools.mod golangci-lint fmt ./...

.PHONY: needs-demo
needs-demo:
	@.ci/needs demo

.PHONY: needs-test
needs-test:
	@.ci/needs test

.PHONY: clean
clean: ## remove what was built
	rm -rf bin $(WEB)/node_modules
	find $(WEB)/dist -mindepth 1 ! -name .gitkeep -delete
