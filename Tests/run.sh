#!/usr/bin/env bash
# Runs one kind of tests (unit, e2e or bench) with the cluster it needs, and takes the cluster down whatever happens.
# KUBECONFIG names another cluster to run against; KUBE_ASSETS other Kubernetes binaries to make one from.
set -euo pipefail
cd "$(dirname "$0")/.."
here=Tests/Cluster
name=swiftlet-$1-$$

say() { printf '==> %s\n' "$*" >&2; }

bring_up() {
    if [[ -n ${KUBECONFIG:-} ]]; then
        say "using the cluster of KUBECONFIG=$KUBECONFIG"
        return
    fi
    trap '"$here/down.sh" --name "$name"' EXIT
    say "bringing up a $1 cluster"
    KUBECONFIG=$("$here/up.sh" "$1" --name "$name" | tail -n 1)
    export KUBECONFIG
}

kubectl_path() { find "${SWIFTLET_CACHE:-$HOME/.cache/swiftlet}/kubectl" -name kubectl -type f -perm -u+x | sort -V | tail -n 1; }

case $1 in
    unit)
        bring_up light
        SWIFTLET_TEST_KUBECONFIG=$KUBECONFIG SWIFTLET_KUBECTL=$(kubectl_path) \
            swift test --scratch-path .build --skip-build --skip EndToEndTests
        ;;
    e2e)
        bring_up full
        SWIFTLET_E2E_KUBECONFIG=$KUBECONFIG SWIFTLET_KUBECTL=$(kubectl_path) \
            swift test --scratch-path .build --skip-build --filter EndToEndTests
        ;;
    bench)
        if [[ -z ${KUBECONFIG:-} ]]; then bring_up bare; fi
        .build-release/release/swiftlet-bench --kubeconfig "$KUBECONFIG" "${@:2}"
        ;;
    *)
        echo "usage: $0 unit|e2e|bench" >&2
        exit 2
        ;;
esac
