#!/usr/bin/env bash
# Writes the parts of the chart that come from the code, and install.yaml, the chart's default for those who apply it with kubectl.
#
#   generate.sh SWIFTLET      a swiftlet that was just built
set -euo pipefail
swiftlet=$(realpath "$1")
cd "$(dirname "$0")"
# shellcheck source=../Tests/Cluster/lib.sh
source ../Tests/Cluster/lib.sh
chart=swiftlet

version=$("$swiftlet" version)
sed -i "s/^\(version\|appVersion\): .*/\1: ${version#swiftlet }/" "$chart/Chart.yaml"
"$swiftlet" crds --rules >"$chart/files/rules.yaml"
"$swiftlet" webhooks --operator-namespace RELEASE-NAMESPACE --operator-service RELEASE-SERVICE >"$chart/files/webhooks.yaml"
# Templates cannot read values.yaml.
cp "$chart/values.yaml" "$chart/files/defaults.yaml"
mkdir -p "$chart/files/crds"
"$swiftlet" crds --output-directory "$chart/files/crds" >/dev/null

{
    echo '# The chart swiftlet with its default values, written by "make manifests": kubectl apply --server-side -f install.yaml'
    echo '---'
    echo 'apiVersion: v1'
    echo 'kind: Namespace'
    echo 'metadata:'
    echo '  labels:'
    echo '    app.kubernetes.io/name: swiftlet'
    echo '  name: swiftlet-system'
    # A disruption budget is of one version before Kubernetes 1.21 and of another after 1.24: no file could have it for both.
    "$HELM" template swiftlet "$chart" --namespace swiftlet-system \
        --set podDisruptionBudget.enabled=false --set crds.keep=false --set certificates.keep=false |
        sed -e '/^# Source: /d' -e '/^ *helm.sh\//d' -e 's/^\( *app.kubernetes.io\/managed-by:\) Helm$/\1 kubectl/'
} >install.yaml
