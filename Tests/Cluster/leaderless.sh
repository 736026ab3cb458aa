#!/usr/bin/env bash
# Measures for how long nobody leads when the operator that does ends (SIGTERM, as in a rollout) or dies (SIGKILL): from the signal to the moment that
# the next holder's Lease names. On the cluster of KUBECONFIG, with the CRDs installed and no operator: the namespace swiftlet-system must not be
# there, and is removed at the end. Best on one that is otherwise quiet.
#
#   leaderless.sh [rounds of each, default 20] [flags of the operator]...
set -euo pipefail
rounds=${1:-20}
shift || true
swiftlet=${SWIFTLET_BINARY:-.build/debug/swiftlet}
kubectl=${KUBECTL:-$(find "${SWIFTLET_CACHE:-$HOME/.cache/swiftlet}/kubectl" -name kubectl -type f -perm -u+x | sort -V | tail -n 1)}
work=$(mktemp -d)
declare -A process=() port=()
trap 'kill -9 "${process[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

# An operator that is installed there has the same Lease, and would compete for it.
"$kubectl" create namespace swiftlet-system >/dev/null
trap 'kill -9 "${process[@]}" 2>/dev/null || true; rm -rf "$work"; "$kubectl" delete namespace swiftlet-system --wait=false >/dev/null' EXIT
lease() { "$kubectl" -n swiftlet-system get lease swiftlet -o jsonpath="{.spec.$1}" 2>/dev/null || true; }
start() {
    port[$1]=$((20000 + RANDOM % 10000))
    "$swiftlet" operator --no-mesh --health-address "127.0.0.1:${port[$1]}" "${flags[@]}" >"$work/$1.log" 2>&1 &
    process[$1]=$!
}
# The state of a replica's election, such as "leading", once it is ready.
state() {
    curl --silent --fail --max-time 2 --noproxy '*' "http://127.0.0.1:${port[$1]}/readyz?verbose" |
        sed -n 's/^\[+\]leader-election \([a-z-]*\).*/\1/p'
}
until_state() { until [[ $(state "$1" || true) == "$2" ]]; do sleep 0.1; done; }

flags=("$@")
for signal in TERM KILL; do
    start a
    until_state a leading
    leader=a other=b
    : >"$work/times"
    for ((round = 0; round < rounds; round++)); do
        start "$other"
        until_state "$other" standing-by
        sleep "$(awk -v r=$RANDOM 'BEGIN { print 0.5 + r / 32768 * 2 }')"
        before=$(lease holderIdentity)
        sent=$(date +%s%N)
        kill -s "$signal" "${process[$leader]}"
        until_state "$other" leading
        [[ $(lease holderIdentity) != "$before" ]]
        acquired=$(date -d "$(lease acquireTime)" +%s%N)
        echo $(((acquired - sent) / 1000000)) >>"$work/times"
        wait "${process[$leader]}" 2>/dev/null || true
        turn=$leader leader=$other other=$turn
    done
    sort -n "$work/times" | awk -v signal=$signal '{ t[NR] = $1 } END { printf "SIG%s: %d times, milliseconds without a leader: p50 %d, max %d\n", signal, NR, t[int((NR + 1) / 2)], t[NR] }'
    kill -s TERM "${process[$leader]}"
    wait "${process[$leader]}" || true
done
