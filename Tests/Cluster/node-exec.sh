#!/usr/bin/env bash
# Runs a command on the node of a full cluster, in all of its namespaces:
#
#   node-exec.sh [--name NAME] [--dir DIR] -- ctr -n k8s.io containers list
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
options=()
while [[ $# != 0 && $1 != -- ]]; do
    options+=("$1")
    shift
done
[[ $# -ge 2 ]] || fail "usage: node-exec.sh [--name NAME] [--dir DIR] -- COMMAND..."
shift
read_cluster_options "${options[@]}"
init=$(pgrep -P "$(recorded_pid node)") || fail "cluster $NAME has no node"
export PATH=$DEB_ROOT/usr/bin:$DEB_ROOT/usr/sbin:$PATH
exec nsenter --target "$init" --net --mount --pid "$@"
