#!/usr/bin/env bash
# Shows Swiftlet at work on a Kubernetes of this machine's own, and removes all of it again.
#
#   demo.sh [webserver|mesh]...     the parts to show, in this order; default: both, on the same cluster
set -euo pipefail
cd "$(dirname "$0")/../.."

cluster=Tests/Cluster
# shellcheck source-path=SCRIPTDIR source=../Cluster/lib.sh
source "$cluster/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../runs.sh
source Tests/runs.sh
# A demo that was killed leaves nothing to the next one.
begin_run demo
name=swiftlet-demo
swiftlet=${SWIFTLET_BINARY:-.build/debug/swiftlet}
work=$(mktemp -d)
operator=
# What the parts add to the operator's command line.
operator_flags=(--health-address 127.0.0.1:0)

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
# Prints a command as a person would type it, and runs it.
run() {
    printf '$ %s\n' "$*"
    "$@"
}
complain() {
    printf '%s\n' "$*" >&2
    exit 1
}

# until_true SECONDS WHAT COMMAND...: polls until the command succeeds.
until_true() {
    local what=$2 deadline=$((SECONDS + $1))
    shift 2
    until "$@" >/dev/null 2>&1; do
        [[ $SECONDS -lt $deadline ]] || complain "in vain: $what"
        sleep 0.2
    done
}

# Ready when the address that the log tells says so.
operator_is_ready() {
    local port
    kill -0 "$operator" || complain "the operator ended"
    port=$(sed -n '/serving health and metrics/s/.* port=\([0-9]*\).*/\1/p' "$work/operator.log" | tail -n 1)
    [[ -n $port ]] && curl --silent --fail --max-time 2 --noproxy '*' "http://127.0.0.1:$port/readyz"
}

clean_up() {
    status=$?
    if [[ $status -ne 0 ]]; then
        say "the demo failed; the operator's last words:"
        tail -n 20 "$work/operator.log" 2>/dev/null || true
    fi
    # shellcheck disable=SC2046
    kill $(jobs -p) 2>/dev/null || true
    if [[ -n $operator ]]; then wait "$operator" || true; fi
    say "cleaning up"
    "$cluster/down.sh" --name "$name"
    rm -rf "$work"
    end_run
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

[[ $# != 0 ]] || set -- webserver mesh
for part in "$@"; do
    # shellcheck source=/dev/null
    source "Tests/Demo/demo-$part.sh"
done

say "a Kubernetes of one node (about fifteen seconds)"
KUBECONFIG=$("$cluster/up.sh" full --name "$name" | tail -n 1)
export KUBECONFIG
kubectl=$(find "${SWIFTLET_CACHE:-$HOME/.cache/swiftlet}/kubectl" -name kubectl -type f -perm -u+x | sort -V | tail -n 1)
kubectl() { "$kubectl" "$@"; }
run kubectl get nodes

say "the CustomResourceDefinitions"
run kubectl apply --server-side -f crds
run kubectl wait --for=condition=Established -f crds --timeout=30s

say "the operator's namespace, with the Lease by which replicas agree on a leader"
run kubectl create namespace swiftlet-system

for part in "$@"; do
    if [[ $(type -t "before_$part") == function ]]; then "before_$part"; fi
done

[[ " $* " == *" mesh "* ]] || operator_flags+=(--no-mesh)
say "the operator"
"$swiftlet" operator "${operator_flags[@]}" >"$work/operator.log" 2>&1 &
operator=$!
until_true 60 "the operator is ready" operator_is_ready
echo "running as process $operator: $swiftlet operator ${operator_flags[*]}"

for part in "$@"; do "show_$part"; done

say "that was it"
