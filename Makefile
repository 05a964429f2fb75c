# Coplan's front door. Bare `make` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

NODE_STAMP := node_modules/.package-lock.json
UI_SOURCES := $(shell find frontend -path frontend/dist -prune -o -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.html' -o -name '*.json' -o -name '*.svg' \) -not -path 'frontend/e2e/*' -print 2>/dev/null) server/replay/sentences.json
GO_SOURCES := $(shell find cmd crdt server frontend -name '*.go' -not -name '*_test.go' 2>/dev/null)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Packages where goroutines meet, and so where the race detector pays.
RACE := ./server/... ./cmd/...

.PHONY: help run dev test test-go test-ui e2e lint race fuzz bench build fixtures screenshots clean tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build everything and start Coplan with a demo plan on http://localhost:8080
	@bin/coplan serve --demo --listen $${COPLAN_LISTEN:-127.0.0.1:8080} --data $${COPLAN_DATA:-./data}

dev: $(NODE_STAMP) ## server on :8080 and Vite on :5173 with reload
	@node scripts/dev.mjs

build: bin/coplan ## one binary, front end inside: bin/coplan

bin/coplan: frontend/dist/index.html go.mod go.sum $(GO_SOURCES)
	@mkdir -p bin
	go build -trimpath -ldflags "-X main.version=$(VERSION)" -o $@ ./cmd/coplan

frontend/dist/index.html: $(NODE_STAMP) $(UI_SOURCES)
	npm run --silent build
	@touch $@

$(NODE_STAMP): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

test: tools test-go test-ui e2e ## everything: Go (race detector where it pays), front-end units, browser end-to-end

test-go: $(NODE_STAMP) frontend/dist/index.html ## Go tests alone
	go vet ./...
	go test ./crdt/... ./frontend/...
	go test -race $(RACE)

test-ui: $(NODE_STAMP) ## front-end unit and property tests, and types
	npm run --silent types
	npm run --silent test:unit

e2e: build ## two people and more in headless Chromium
	@scripts/need-chromium
	npm run --silent test:e2e

tools: $(NODE_STAMP) ## what the tests need on this machine (Chromium: apt when root on Debian)
	@scripts/need-chromium

lint: $(NODE_STAMP) ## gofmt, vet, staticcheck, eslint, types, import rules
	@unformatted=$$(gofmt -l cmd crdt server frontend bench); if [ -n "$$unformatted" ]; then echo "gofmt wants to change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	GOARCH=386 go vet ./crdt/...
	go tool staticcheck ./...
	go test ./server -run 'TestImport' -count=1
	npm run --silent lint
	npm run --silent types

race: $(NODE_STAMP) frontend/dist/index.html ## every Go test under the race detector
	go test -race ./...

fuzz: $(NODE_STAMP) ## 20,000 seeded sessions beside real Yjs, then every fuzz target (FUZZTIME=30s each)
	@scripts/fuzz

bench: $(NODE_STAMP) ## side by side with the npm peers; table on screen and in bench/RESULTS.md
	@scripts/bench

fixtures: $(NODE_STAMP) ## write testdata/plan anew
	go test ./server/plan -run Vectors -update -count=1

screenshots: build ## every screen of the demo plan into docs/screenshots
	@scripts/need-chromium
	npm run --silent screenshots

clean: ## remove what was built; data stays
	rm -rf bin frontend/dist/assets frontend/dist/index.html
