#!/usr/bin/env bash
# Shows Swiftlet at work on a Kubernetes of this machine's own, and removes all of it again.
set -euo pipefail
cd "$(dirname "$0")/../.."

cluster=Tests/Cluster
name=swiftlet-demo
swiftlet=.build/debug/swiftlet
sample=manifests/samples/webserver.yaml
work=$(mktemp -d)
operator=

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
# Prints a command as a person would type it, and runs it.
run() {
    printf '$ %s\n' "$*"
    "$@"
}

clean_up() {
    status=$?
    if [[ $status -ne 0 ]]; then
        say "the demo failed; the operator's last words:"
        tail -n 20 "$work/operator.log" 2>/dev/null || true
    fi
    if [[ -n $operator ]] && kill -0 "$operator" 2>/dev/null; then
        kill "$operator"
        wait "$operator" || true
    fi
    say "cleaning up"
    "$cluster/down.sh" --name "$name"
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT

say "a Kubernetes of one node (about ten seconds)"
KUBECONFIG=$("$cluster/up.sh" full --name "$name" | tail -n 1)
export KUBECONFIG
kubectl=$(find "${SWIFTLET_CACHE:-$HOME/.cache/swiftlet}/kubectl" -name kubectl -type f -perm -u+x | sort -V | tail -n 1)
kubectl() { "$kubectl" "$@"; }
run kubectl get nodes

say "the CustomResourceDefinition"
run kubectl apply --server-side -f crds
run kubectl wait --for=condition=Established crd/webservers.web.phys.app --timeout=30s

say "what would happen, before anything is applied"
run "$swiftlet" reconcile --dry-run -f "$sample"

say "the operator"
"$swiftlet" operator --health-address 127.0.0.1:0 >"$work/operator.log" 2>&1 &
operator=$!
echo "running as process $operator"

say "the sample WebServer"
run cat "$sample"
run kubectl apply -f "$sample"
run kubectl wait --for=condition=Ready webserver/webserver-sample --timeout=120s
run kubectl get ws,deployments,services,ingresses,persistentvolumeclaims,pods
run kubectl get ws webserver-sample -o jsonpath='{range .status.conditions[*]}{.type}{"="}{.status}{"  "}{.reason}{": "}{.message}{"\n"}{end}'

say "a page, through the Service"
address=$(kubectl get service webserver-sample -o jsonpath='{.spec.clusterIP}')
run curl --silent --show-error --fail --max-time 10 --noproxy '*' "http://$address/"

say "a change of image: what would happen..."
sed 's|webServerImage: nginx.*|webServerImage: nginx:1.22|' "$sample" >"$work/changed.yaml"
run "$swiftlet" reconcile --dry-run -f "$work/changed.yaml" | tee "$work/predicted"
kubectl get deployment webserver-sample -o yaml >"$work/before.yaml"

say "...and what does"
run kubectl apply -f "$work/changed.yaml"
for _ in $(seq 100); do
    [[ $(kubectl get deployment webserver-sample -o jsonpath='{.spec.template.spec.containers[0].image}') == nginx:1.22 ]] && break
    sleep 0.2
done
kubectl get deployment webserver-sample -o yaml >"$work/after.yaml"
{ diff -u "$work/before.yaml" "$work/after.yaml" || true; } | grep -E '^[-+] .*image:' | tee "$work/happened"
if [[ $(grep -E '^[-+] .*image:' "$work/predicted" | tr -d ' ') != $(tr -d ' ' <"$work/happened") ]]; then
    echo "the prediction was wrong" >&2
    exit 1
fi
echo "as predicted"
run kubectl wait --for=condition=Ready webserver/webserver-sample --timeout=120s
run "$swiftlet" reconcile --dry-run -f "$work/changed.yaml"

say "the WebServer goes, its data stays"
run kubectl delete webserver webserver-sample
for _ in $(seq 150); do
    [[ -z $(kubectl get deployments,services,ingresses -l app.kubernetes.io/instance=webserver-sample -o name) ]] && break
    sleep 0.2
done
run kubectl get deployments,ingresses,persistentvolumeclaims

say "that was it"
