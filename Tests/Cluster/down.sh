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

stop kube-controller-manager kube-apiserver etcd
rm -rf "$STATE"
say "cluster $NAME is down"
