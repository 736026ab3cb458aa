#!/usr/bin/env bash
# Does to one process of a cluster what bad days do.
#
#   process.sh stop|start|freeze|thaw PROCESS [--name NAME] [--dir DIR]
#
# PROCESS is kube-apiserver, kube-controller-manager or etcd. stop ends it at once; start begins it again as it was begun, and returns when
# the API server is ready; freeze has it stand still, and thaw go on.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
VERB=${1-} PROCESS=${2-}
[[ -n $PROCESS ]] || fail "usage: process.sh stop|start|freeze|thaw PROCESS [--name NAME] [--dir DIR]"
shift 2
read_cluster_options "$@"
[[ -f $STATE/commands/$PROCESS ]] || fail "there is no process $PROCESS in $STATE"

case $VERB in
    stop) stop "$PROCESS" ;;
    start)
        eval "start $PROCESS $(<"$STATE/commands/$PROCESS")"
        await 60 "kube-apiserver ready" kube-apiserver \
            "$KUBECTL" --kubeconfig "$STATE/kubeconfig" --request-timeout 10s get --raw /readyz
        ;;
    freeze | thaw)
        signal=STOP
        [[ $VERB == freeze ]] || signal=CONT
        mapfile -t members < <(session_of "$PROCESS")
        kill -"$signal" "${members[@]}"
        ;;
    *) fail "unknown verb $VERB" ;;
esac
