# A part of demo.sh: a WebServer from its manifest to a page, a change foretold, and its end.
# shellcheck shell=bash disable=SC2154
webserver=manifests/samples/webserver.yaml

before_webserver() {
    say "what would happen, before anything is applied"
    run "$swiftlet" reconcile --dry-run -f "$webserver"
}

has_image() { [[ $(kubectl get deployment webserver-sample -o jsonpath='{.spec.template.spec.containers[0].image}') == "$1" ]]; }
has_no_children() { [[ -z $(kubectl get deployments,services,ingresses -l app.kubernetes.io/instance=webserver-sample -o name) ]]; }

show_webserver() {
    say "the sample WebServer"
    run cat "$webserver"
    run kubectl apply -f "$webserver"
    run kubectl wait --for=condition=Ready webserver/webserver-sample --timeout=120s
    run kubectl get ws,deployments,services,ingresses,persistentvolumeclaims,pods
    run kubectl get ws webserver-sample -o jsonpath='{range .status.conditions[*]}{.type}{"="}{.status}{"  "}{.reason}{": "}{.message}{"\n"}{end}'

    say "a page, through the Service"
    address=$(kubectl get service webserver-sample -o jsonpath='{.spec.clusterIP}')
    run curl --silent --show-error --fail --max-time 10 --noproxy '*' "http://$address/"

    say "a change of image: what would happen..."
    sed 's|webServerImage: nginx.*|webServerImage: nginx:1.22|' "$webserver" >"$work/changed.yaml"
    run "$swiftlet" reconcile --dry-run -f "$work/changed.yaml" | tee "$work/predicted"
    kubectl get deployment webserver-sample -o yaml >"$work/before.yaml"

    say "...and what does"
    run kubectl apply -f "$work/changed.yaml"
    until_true 20 "the change of image" has_image nginx:1.22
    kubectl get deployment webserver-sample -o yaml >"$work/after.yaml"
    { diff -u "$work/before.yaml" "$work/after.yaml" || true; } | grep -E '^[-+] .*image:' | tee "$work/happened"
    if [[ $(grep -E '^[-+] .*image:' "$work/predicted" | tr -d ' ') != $(tr -d ' ' <"$work/happened") ]]; then
        complain "the prediction was wrong"
    fi
    echo "as predicted"
    run kubectl wait --for=condition=Ready webserver/webserver-sample --timeout=120s
    run "$swiftlet" reconcile --dry-run -f "$work/changed.yaml"

    say "the WebServer goes, its data stays"
    run kubectl delete webserver webserver-sample
    until_true 30 "the children's end" has_no_children
    run kubectl get deployments,ingresses,persistentvolumeclaims
}
