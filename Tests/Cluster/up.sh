#!/usr/bin/env bash
# Brings a cluster up, waits until it is ready and prints its kubeconfig's path as the last line.
#
#   up.sh bare|light|full [--name NAME] [--dir DIR]
#
# bare:  etcd and API server on free loopback ports: for benchmarks, in which nothing else is to use the machine.
# light: a controller manager as well. Any number of both may run side by side.
# full:  one whole node. One at a time on a machine, as root.
#
# The cluster lives in DIR (default $SWIFTLET_CACHE/clusters/NAME, NAME by default "swiftlet"); down.sh removes it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source-path=SCRIPTDIR source=pki.sh
source "$HERE/pki.sh"
# shellcheck source-path=SCRIPTDIR source=control-plane.sh
source "$HERE/control-plane.sh"
# shellcheck source-path=SCRIPTDIR source=whole-node.sh
source "$HERE/whole-node.sh"

MODE=${1-}
[[ $MODE == bare || $MODE == light || $MODE == full ]] || {
    say "usage: up.sh bare|light|full [--name NAME] [--dir DIR]"
    exit 64
}
shift
read_cluster_options "$@"
find_control_plane
[[ $MODE != full ]] || find_node
mkdir -p "$(dirname "$STATE")"
# An empty folder will do.
rmdir "$STATE" 2>/dev/null || true
mkdir "$STATE" 2>/dev/null ||
    fail "$STATE exists: a cluster of this name is up, or was not taken down (down.sh --name $NAME)"
STATE=$(cd "$STATE" && pwd)
echo "$MODE" >"$STATE/mode"
# The run of tests that it belongs to takes it down, or the run after it.
if [[ -d ${SWIFTLET_RUN-}/clusters ]]; then echo "$STATE" >"$SWIFTLET_RUN/clusters/$NAME"; fi
FAILED_LOGS=$STATE.failed
# A cluster that does not come up is taken down again; its logs are kept beside it.
trap clean_up_failure EXIT
trap 'exit 130' INT TERM
clean_up_failure() {
    [[ $? != 0 ]] || return 0
    local logs
    logs=$(mktemp -d)
    cp -r "$STATE/logs/." "$logs" 2>/dev/null || true
    "$HERE/down.sh" --name "$NAME" --dir "$STATE" || true
    mv "$logs" "$STATE.failed"
    say "the logs are kept in $STATE.failed until the next down.sh"
}

case $MODE in
    bare | light)
        choose_control_plane
        make_control_plane_pki
        start_etcd
        start_apiserver
        await_apiserver
        if [[ $MODE == light ]]; then
            start_controller_manager
            await_controller_manager
        else
            make_default_service_account
        fi
        ;;
    full)
        "$HERE/image.sh"
        choose_control_plane
        make_control_plane_pki
        make_node_pki
        start_node
        start_etcd
        start_apiserver "$HOST_ADDRESS"
        await_apiserver
        let_node_go
        make_cluster_objects
        start_controller_manager
        start_scheduler
        start_provisioner
        await_controller_manager
        await_node
        ;;
esac
say "$MODE cluster $NAME is up after $SECONDS s: $SERVER"
echo "$STATE/kubeconfig"
