#!/usr/bin/env bash
# Tests of the scripts themselves: what a killed run leaves is removed and nothing else, what ended is named, versions are told apart.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source-path=SCRIPTDIR source=Cluster/lib.sh
source Tests/Cluster/lib.sh
# shellcheck source-path=SCRIPTDIR source=Cluster/control-plane.sh
source Tests/Cluster/control-plane.sh
# shellcheck source-path=SCRIPTDIR source=runs.sh
source Tests/runs.sh

work=$(mktemp -d)
started=()
end() {
    kill -9 "${started[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
RUNS=$work/runs
failures=0

# expect WHAT EXPECTED FOUND
expect() {
    [[ $2 == "$3" ]] && return
    say "$1: expected \"$2\", found \"$3\""
    failures=$((failures + 1))
}

# program NAME OUTPUT: a program that prints something.
program() {
    printf '#!/bin/sh\necho "%s"\n' "$2" >"$work/$1"
    chmod +x "$work/$1"
    printf '%s' "$work/$1"
}

versions_are_told_apart() {
    local version known streams
    while read -r version known; do
        expect "kubelet $version" "$known" "$(knows_fail_cgroup_v1 "$(program kubelet "Kubernetes v$version")" && echo yes || echo no)"
    done <<<'1.20.2 no
1.30.14 no
1.31.0 yes
1.36.2 yes'
    while read -r version streams; do
        expect "etcd $version" "$streams" "$(streams_lists "$(program etcd "etcd Version: $version")" && echo yes || echo no)"
    done <<<'3.4.23 no
3.4.31 yes
3.5.1 no
3.5.13 yes
3.6.4 yes'
}

# A daemon of the node that ended is named, with its status and the end of its log, and so is the place where the logs will be.
what_ended_is_named() {
    local told
    STATE=$work/state FAILED_LOGS=$work/state.failed
    mkdir -p "$STATE"/{pids,logs,node}
    echo "1 1" >"$STATE/pids/node"
    echo "kubelet 3" >"$STATE/node/ended"
    echo "no cgroups today" >"$STATE/logs/kubelet.log"
    told=$( (await 5 "the node is ready" node false) 2>&1 || true)
    expect "its log is shown" yes "$(grep -q 'no cgroups today' <<<"$told" && echo yes || echo "$told")"
    expect "what ended" "error: kubelet ended with status 3 while waiting for: the node is ready; its log is $work/state.failed/kubelet.log" \
        "$(tail -n 1 <<<"$told")"
}

# is_alive ID: in whatever state but dead.
is_alive() { [[ -e /proc/$1 && $(awk '{ print $3 }' "/proc/$1/stat" 2>/dev/null) != Z ]] && echo yes || echo no; }

# Starts a run that is killed, with a process, one that stands still, and a file; sets VICTIMS to the processes, and RUN to the folder.
kill_a_run() {
    local owner
    # shellcheck disable=SC2016
    setsid bash -c '
        source Tests/Cluster/lib.sh
        source Tests/runs.sh
        RUNS=$1
        begin_run killed
        setsid sleep 1000 &
        echo $! >>"$1.pids"
        setsid sleep 1001 &
        echo $! >>"$1.pids"
        # Before it is the other program it has the environment of this one.
        until [[ $(<"/proc/$!/comm") == sleep ]]; do :; done
        kill -STOP $!
        touch "$TMPDIR/file"
        echo "$SWIFTLET_RUN" >"$1.run"
        sleep 1002' run "$RUNS" >/dev/null 2>&1 &
    owner=$!
    until [[ -s $RUNS.run ]]; do sleep 0.05; done
    mapfile -t VICTIMS <"$RUNS.pids"
    RUN=$(<"$RUNS.run")
    started+=("$owner" "${VICTIMS[@]}")
    OWNER=$owner
}

what_a_killed_run_left_is_removed_and_nothing_else() {
    local bystander id
    sleep 1003 &
    bystander=$!
    started+=("$bystander")
    kill_a_run
    sweep_runs
    for id in "${VICTIMS[@]}"; do expect "process of a run that goes on" yes "$(is_alive "$id")"; done
    expect "files of a run that goes on" yes "$([[ -e $RUN/tmp/file ]] && echo yes || echo no)"
    kill -9 "$OWNER"
    wait "$OWNER" 2>/dev/null || true
    sweep_runs 2>/dev/null
    for id in "${VICTIMS[@]}"; do expect "process of the killed run" no "$(is_alive "$id")"; done
    expect "files of the killed run" no "$([[ -e $RUN ]] && echo yes || echo no)"
    expect "somebody else's process" yes "$(is_alive "$bystander")"
}

versions_are_told_apart
what_ended_is_named
what_a_killed_run_left_is_removed_and_nothing_else
[[ $failures == 0 ]] || fail "$failures expectations of the scripts were not met"
say "the scripts are as they should be"
