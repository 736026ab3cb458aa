#!/usr/bin/env bash
# Dynamic volumes on the host's disk: a folder for every claim on a storage class of ours, removed with its volume.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
STATE=$1
PROVISIONER=swiftlet.test/host-path

kube() { "$KUBECTL" --kubeconfig "$STATE/kubeconfig" "$@"; }

# watch KIND JSONPATH: a line for every object there is and for every change, for ever.
watch() {
    while true; do
        kube get "$1" --all-namespaces --watch -o jsonpath="$2"'{"\n"}' || true
        sleep 1
    done
}

provision() {
    local namespace=$1 name=$2 id=$3 class=$4 size=$5 modes=$6 folder page
    folder=$STATE/volumes/pvc-$id
    [[ $(kube get storageclass "$class" -o jsonpath='{.provisioner}' --ignore-not-found) == "$PROVISIONER" ]] || return 0
    if [[ ! -d $folder ]]; then
        # Pods of any user may write.
        mkdir -p "$folder"
        chmod 777 "$folder"
        page=$(kube get storageclass "$class" -o jsonpath='{.parameters.page}')
        [[ -z $page ]] || printf '%s\n' "${page//CLAIM/$namespace/$name}" >"$folder/index.html"
    fi
    kube create -f - <<EOF || true
apiVersion: v1
kind: PersistentVolume
metadata:
  name: pvc-$id
  annotations: { pv.kubernetes.io/provisioned-by: $PROVISIONER }
spec:
  capacity: { storage: "$size" }
  accessModes: $modes
  persistentVolumeReclaimPolicy: Delete
  storageClassName: $class
  claimRef: { apiVersion: v1, kind: PersistentVolumeClaim, namespace: $namespace, name: $name, uid: $id }
  hostPath: { path: "$folder", type: Directory }
EOF
}

claims() {
    local phase volume id namespace name class size modes
    watch persistentvolumeclaims '{.status.phase} {.metadata.uid} {.metadata.namespace} {.metadata.name} {.spec.resources.requests.storage} {.spec.accessModes} {.spec.storageClassName} {.spec.volumeName}' |
        while read -r phase id namespace name size modes class volume; do
            if [[ $phase == Pending && -n $class && -z $volume ]]; then
                provision "$namespace" "$name" "$id" "$class" "$size" "$modes"
            fi
        done
}

volumes() {
    local phase name by
    watch persistentvolumes '{.status.phase} {.metadata.name} {.metadata.annotations.pv\.kubernetes\.io/provisioned-by}' |
        while read -r phase name by; do
            if [[ $phase == Released && $by == "$PROVISIONER" ]]; then
                rm -rf "$STATE/volumes/${name:?}"
                kube delete persistentvolume "$name" --wait=false --ignore-not-found || true
            fi
        done
}

claims &
volumes &
wait
