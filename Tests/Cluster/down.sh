#!/usr/bin/env bash
# Takes a cluster down and removes every trace of it. Fine to run twice, and after a crash.
#
#   down.sh [--name NAME] [--dir DIR]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_cluster_options "$@"
rm -rf "$STATE.failed"
[[ -e $STATE ]] || exit 0

if [[ $(cat "$STATE/mode" 2>/dev/null) == full ]]; then
    # The death of the node's first process is that of all its containers, and with them go mounts, links and rules.
    stop provisioner apiserver-for-node node
    if [[ -e $STATE/routes ]]; then
        ip link delete swiftlet0 2>/dev/null || true
        for range in "$POD_RANGE" "$SERVICE_RANGE" "$LINK_RANGE"; do
            ip route delete unreachable "$range" metric 4000 2>/dev/null || true
        done
    fi
    # Groups become empty a moment after their processes.
    remove_cgroups() {
        find /sys/fs/cgroup -depth -type d -path "*/swiftlet-$NAME*" -exec rmdir {} + 2>/dev/null || true
        [[ -z $(find /sys/fs/cgroup -type d -name "swiftlet-$NAME") ]]
    }
    await 10 "the node's control groups are empty" node remove_cgroups
    stop kube-scheduler
fi
stop kube-controller-manager kube-apiserver etcd
rm -rf "$STATE"
say "cluster $NAME is down"
