# Everything installs what it needs by itself (apt, pip), says what it does, and may be repeated.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
# One folder per configuration; neither is ever cleaned.
DEBUG := .build
RELEASE := .build-release
CLUSTER := Tests/Cluster
CLUSTER_NAME ?= swiftlet
# The image that "make install" installs; the one that manifests/install.yaml names if empty.
IMAGE ?=
KUBECTL ?= $(shell command -v kubectl || echo kubectl)

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: can-run-node build ## Bring up a Kubernetes, show the operator on the sample WebServer and the mesh tutorial, clean up
	$(CLUSTER)/deps.sh full
	Tests/Demo/demo.sh

.PHONY: demo-mesh
demo-mesh: can-run-node build ## Show the mesh tutorial alone
	$(CLUSTER)/deps.sh full
	Tests/Demo/demo.sh mesh

.PHONY: test
test: build ## Run all unit tests, the integration tests against a real API server, and short bad days
	$(CLUSTER)/deps.sh light
	Tests/run.sh unit
	Tests/run.sh bad-days short

.PHONY: stress-test
stress-test: build ## Run "make test" three times beside stress-ng, at three times the load; prints how long each took
	$(CLUSTER)/deps.sh stress
	Tests/stress.sh

.PHONY: bad-days
bad-days: build ## Run the tests of bad days: kills, outages, expired certificates, a full and a stuck namespace, churn; 5 to 10 minutes
	$(CLUSTER)/deps.sh light
	Tests/run.sh bad-days

.PHONY: soak
soak: build ## Run the tests of bad days at full length: 200 kills, minutes of outage, a thousand deletions, 10 minutes of churn
	$(CLUSTER)/deps.sh light
	SWIFTLET_OUTAGE_SECONDS=180 SWIFTLET_KILLS=200 SWIFTLET_CROWD=1000 SWIFTLET_CHURN_SECONDS=600 Tests/run.sh bad-days

.PHONY: e2e
e2e: build ## Run the end-to-end tests on a real node (or on the cluster of KUBECONFIG)
	$(CLUSTER)/deps.sh full
	Tests/run.sh e2e

.PHONY: bench
bench: release ## Measure, and print the figures beside those of the Go peer
	$(CLUSTER)/deps.sh light
	Tests/run.sh bench

.PHONY: attack
attack: release ## Attack a release build from four local clients for five minutes, and print what honest users notice
	$(CLUSTER)/deps.sh light
	Tests/run.sh attack

# Fails at once, and not after a build of minutes.
.PHONY: can-run-node
can-run-node:
	@$(CLUSTER)/deps.sh can-run-node

.PHONY: build
build: ## Build for debugging
	@$(CLUSTER)/deps.sh build
	$(SWIFT) build --build-tests --scratch-path $(DEBUG)

.PHONY: release
release: ## Build for use; the binary is .build-release/release/swiftlet
	@$(CLUSTER)/deps.sh build
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(RELEASE) --product swiftlet
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path $(RELEASE) --product swiftlet-bench

.PHONY: image
image: release ## Build the image by the Containerfile; prints its size, and offers it to the clusters of this machine
	$(CLUSTER)/deps.sh full
	SWIFTLET_BINARY=$(RELEASE)/release/swiftlet $(CLUSTER)/image.sh $(CLUSTER)/images/swiftlet.sh
	$(CLUSTER)/image.sh --show swiftlet

.PHONY: generate
generate: build ## Rewrite crds/ and everything else that is made from the Swift types
	$(DEBUG)/debug/swiftlet crds --output-directory crds
	$(MAKE) --no-print-directory manifests

.PHONY: manifests
manifests: build ## Rewrite what the chart has from the code, and manifests/install.yaml from the chart
	@$(CLUSTER)/deps.sh helm
	manifests/generate.sh $(DEBUG)/debug/swiftlet
	$(DEBUG)/debug/swiftlet metrics --markdown > manifests/METRICS.md

.PHONY: lint
lint: ## Check the format and the layering
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests
	.ci/layers
	.ci/named-tests

.PHONY: cluster
cluster: can-run-node ## Bring up a Kubernetes node on this machine; prints the kubeconfig
	$(CLUSTER)/deps.sh full
	$(CLUSTER)/up.sh full --name $(CLUSTER_NAME)

.PHONY: cluster-down
cluster-down: ## Remove that node and all its traces
	$(CLUSTER)/down.sh --name $(CLUSTER_NAME)

.PHONY: install
install: ## Install the operator into the cluster of KUBECONFIG; IMAGE=REGISTRY/swiftlet:TAG for an image of one's own
	$(if $(IMAGE),sed 's|docker.io/swiftlet/swiftlet:[^ ]*|$(IMAGE)|',cat) manifests/install.yaml | $(KUBECTL) apply --server-side -f -
	$(KUBECTL) --namespace swiftlet-system rollout status deployment/swiftlet

.PHONY: uninstall
uninstall: build ## Remove webhooks, operator, roles and CRDs (and with them all WebServers, Meshes and TrafficRoutes)
	$(DEBUG)/debug/swiftlet uninstall --operator --crds
	$(KUBECTL) delete --ignore-not-found namespace swiftlet-system
