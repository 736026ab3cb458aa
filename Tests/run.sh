#!/usr/bin/env bash
# Runs one kind of tests (unit, bad-days, e2e or bench) with the cluster it needs, and takes the cluster down whatever happens.
# "bad-days short" runs those that take a minute.
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

# The newest program of a name that deps.sh put into the cache.
cached() { find "${SWIFTLET_CACHE:-$HOME/.cache/swiftlet}/$1" -name "$1" -type f -perm -u+x | sort -V | tail -n 1; }

# Tests that run a program are skipped without it.
export_programs() {
    SWIFTLET_KUBECTL=$(cached kubectl)
    SWIFTLET_ENVOY=$(cached envoy)
    SWIFTLET_HELM=$(cached helm)
    SWIFTLET_PROMTOOL=${SWIFTLET_CACHE:-$HOME/.cache/swiftlet}/debian/usr/bin/promtool
    export SWIFTLET_KUBECTL SWIFTLET_ENVOY SWIFTLET_HELM SWIFTLET_PROMTOOL
}

case $1 in
    unit)
        bring_up light
        export_programs
        # Tests of iptables rules make network namespaces, which takes root.
        if [[ $(id -u) == 0 ]]; then export SWIFTLET_NETNS=1; fi
        export SWIFTLET_TEST_KUBECONFIG=$KUBECONFIG
        swift test --scratch-path .build --skip-build --skip EndToEndTests --skip ChartTests
        # They start a few hundred programs, and so much at once that the others would run late.
        swift test --scratch-path .build --skip-build --filter ChartTests
        ;;
    bad-days)
        # They do to processes of the cluster what nobody wants done to another one.
        unset KUBECONFIG
        bring_up light
        export SWIFTLET_BAD_DAYS=1 SWIFTLET_TEST_KUBECONFIG=$KUBECONFIG
        # Some have a cluster of their own there, which stays when they are killed.
        TMPDIR=$(mktemp -d)
        export TMPDIR
        trap 'for own in "$TMPDIR"/bad-*/; do
                  [[ ! -d $own ]] || "$here/down.sh" --name "$(basename "$own")" --dir "${own%/}"
              done
              rm -rf "$TMPDIR"
              "$here/down.sh" --name "$name"' EXIT
        if [[ ${2-} == short ]]; then
            swift test --scratch-path .build --skip-build --filter 'BadDays.(Quotas|ServerFaults)'
            exit
        fi
        # Side by side, each in a namespace of its own; then those that concern the whole cluster.
        swift test --scratch-path .build --skip-build --filter BadDays
        swift test --scratch-path .build --skip-build --filter BadClusterDays
        ;;
    e2e)
        bring_up full
        export_programs
        # On a node of our own, pods reach what listens on this address of the machine.
        if [[ -e /sys/class/net/swiftlet0 ]]; then
            SWIFTLET_HOST_ADDRESS=$(. "$here/versions.env" && echo "$HOST_ADDRESS")
            export SWIFTLET_HOST_ADDRESS
        fi
        # Our own servers write down what the operator asks them for.
        log=$(dirname "$KUBECONFIG")/logs/audit.log
        # The log itself is made with its first entry.
        if [[ -e $(dirname "$KUBECONFIG")/audit-policy.yaml ]]; then export SWIFTLET_AUDIT_LOG=$log; fi
        export SWIFTLET_E2E_KUBECONFIG=$KUBECONFIG SWIFTLET_LOAD=$PWD/$here/load.sh
        swift test --scratch-path .build --skip-build --filter EndToEndTests --skip EndToEndTests.InstallTests
        # An installation looks after the whole cluster, which it has for itself.
        swift test --scratch-path .build --skip-build --filter EndToEndTests.InstallTests
        ;;
    bench)
        # The mesh is measured on a server that nothing else was measured on, so that its figures are its own.
        if [[ $# == 1 && -z ${KUBECONFIG:-} ]]; then
            Tests/run.sh bench --only a,b,c,d,g
            exec Tests/run.sh bench --only e,f
        fi
        bring_up bare
        .build-release/release/swiftlet-bench --kubeconfig "$KUBECONFIG" "${@:2}"
        ;;
    *)
        echo "usage: $0 unit|bad-days|e2e|bench" >&2
        exit 2
        ;;
esac
