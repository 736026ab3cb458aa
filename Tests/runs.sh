# Runs of tests, and the removal of what a killed run left behind. Sourced after Cluster/lib.sh.
# shellcheck shell=bash
#
# Everything that a run starts carries SWIFTLET_RUN, the path of the run's folder, in its environment: whatever a test starts inherits it, and keeps it
# when its parent is gone. The folder holds
#
#   owner          process id, start time and PID namespace of the script that owns the run
#   tmp/           TMPDIR of the run
#   clusters/NAME  for each cluster that the run brought up, the folder of its files (written by up.sh)
#   netns/NAME     for each network namespace that the run made (written by the tests that make them)
#
# A run whose owner is gone was killed. The next one ends exactly its processes and removes what it recorded, and nothing else.

RUNS=$CACHE/runs

# begin_run KIND: removes what killed runs left, and makes this script the owner of a new run.
begin_run() {
    mkdir -p "$RUNS"
    sweep_runs
    local id
    id=$1-$$-$(started_at $$)
    mkdir -p "$RUNS/.$id"/{tmp,clusters,netns}
    printf '%s %s %s\n' $$ "$(started_at $$)" "$(readlink /proc/self/ns/pid)" >"$RUNS/.$id/owner"
    # Visible only once it names its owner.
    mv "$RUNS/.$id" "$RUNS/$id"
    SWIFTLET_RUN=$RUNS/$id
    TMPDIR=$SWIFTLET_RUN/tmp
    export SWIFTLET_RUN TMPDIR
}

# end_run: ends what this run started and still runs, and removes what it made.
end_run() {
    [[ -z ${SWIFTLET_RUN-} ]] || remove_run "$SWIFTLET_RUN"
}

# Removes what runs left whose owner is gone.
sweep_runs() {
    local run sweep
    [[ -d $RUNS ]] || return 0
    # Two runs that begin together do not both remove the same.
    exec {sweep}>"$RUNS/.sweep"
    flock "$sweep"
    for run in "$RUNS"/*/; do
        run=${run%/}
        [[ -f $run/owner ]] || continue
        if is_abandoned "$run"; then
            say "removing what the killed run ${run##*/} left behind"
            remove_run "$run"
        fi
    done
    exec {sweep}>&-
}

# Whether the owner of a run is gone. That of another PID namespace cannot be seen from here, and is left alone.
is_abandoned() {
    local id at namespace
    read -r id at namespace <"$1/owner" || return 1
    [[ $namespace == "$(readlink /proc/self/ns/pid)" ]] || return 1
    [[ $(started_at "$id" 2>/dev/null) != "$at" ]]
}

# The processes that a run started and that still run, in whatever session, frozen or not, without this script and those that it is run by.
processes_of_run() {
    local file id
    # The environment of a process that has just ended, or of somebody else, cannot be read.
    { grep -lzxF -- "SWIFTLET_RUN=$1" /proc/[0-9]*/environ 2>/dev/null || true; } | while read -r file; do
        id=${file#/proc/}
        id=${id%/environ}
        if [[ $id != "$$" && $id != "$BASHPID" && -e /proc/$id ]]; then echo "$id"; fi
    done
}

remove_run() {
    local run=$1 cluster namespace ids deadline=$((SECONDS + 10))
    for cluster in "$run"/clusters/*; do
        [[ -f $cluster ]] || continue
        "$HERE/down.sh" --name "${cluster##*/}" --dir "$(<"$cluster")" || say "cluster ${cluster##*/} could not be taken down"
    done
    while mapfile -t ids < <(processes_of_run "$run") && [[ ${#ids[@]} != 0 && $SECONDS -lt $deadline ]]; do
        kill -9 "${ids[@]}" 2>/dev/null || true
        sleep 0.1
    done
    for namespace in "$run"/netns/*; do
        [[ -f $namespace ]] || continue
        ip netns delete "${namespace##*/}" 2>/dev/null || true
    done
    # What a program that was just killed wrote last may still appear.
    rm -rf "$run" || { sleep 0.5 && rm -rf "$run"; }
}
