# A part of demo.sh: the mesh tutorial. Pods get sidecars, a TrafficRoute decides who answers, and no request is lost.
# shellcheck shell=bash disable=SC2154

# ---- What must agree with the command line of swiftlet
# Pods reach what listens on this address of the machine; the API server reaches its loopback.
host_address=$(. "$cluster/versions.env" && echo "$HOST_ADDRESS")
operator_flags+=(
    --xds-address "$host_address:0" --xds-host "$host_address" --xds-port 0
    --webhook-address 127.0.0.1:0 --webhook-host 127.0.0.1
    --sidecar-image envoyproxy/envoy:v1.40.0
    --init-image swiftlet/swiftlet:dev
)
inspect_dataplanes=(inspect dataplanes)
inspect_routes=(inspect routes)
inspect_envoy=(inspect envoy) # and a pod as NAMESPACE/NAME
# ----

samples=manifests/samples
mesh_namespace=kong-mesh-app
route=trafficroute/route-1

# Whether all three pods have both of their containers ready. One that was deleted may be listed for a minute yet.
all_have_sidecars() {
    [[ $(kubectl --namespace "$mesh_namespace" get pods --no-headers | awk '$3 != "Terminating" { print $2 }') == $'2/2\n2/2\n2/2' ]]
}

# Whether all proxies are known to do what the newest TrafficRoute says.
is_programmed() {
    local generation
    generation=$(kubectl get "$route" -o jsonpath='{.metadata.generation}')
    [[ $(kubectl get "$route" -o jsonpath='{range .status.conditions[?(@.type=="Programmed")]}{.status}{" "}{.observedGeneration}{end}') == "True $generation" ]]
}

show_route_status() {
    run kubectl get "$route" -o jsonpath='{range .status.conditions[*]}{.type}{"="}{.status}{"  "}{.reason}{": "}{.message}{"\n"}{end}{"proxies: "}{.status.proxies}{"\n"}'
}

# load FILE OPTION...: requests to magnanimo's /hw2, which calls benigno, with the totals in a file as well.
load() {
    local file=$1
    shift
    run "$cluster/load.sh" "http://$magnanimo:4000/hw2" "$@" | tee "$file"
}

# how_many FILE BODY: of the totals of load.sh.
how_many() { awk -v wanted="body $2" '{ number = $1; sub(/^[0-9]+ /, "") } $0 == wanted { found = number } END { print found + 0 }' "$1"; }

# expect_share FILE LOW HIGH: the canary's share of the answers, in tenths of a percent, all of which must be right.
expect_share() {
    local stable canary share
    stable=$(how_many "$1" "Hello World, Benigno")
    canary=$(how_many "$1" "Hello World, Benigno, Canary Release")
    [[ $((stable + canary)) != 0 ]] || complain "nobody answered"
    share=$((canary * 1000 / (stable + canary)))
    printf 'canary: %d of %d, %d.%d %%\n' "$canary" "$((stable + canary))" "$((share / 10))" "$((share % 10))"
    grep -qx '0 failed' "$1" || complain "requests failed"
    [[ $share -ge $2 && $share -le $3 ]] || complain "expected $2 to $3 tenths of a percent"
}

# apply_route FILE: and wait until the proxies have it.
apply_route() {
    run kubectl apply -f "$1"
    until_true 30 "the TrafficRoute is programmed" is_programmed
}

show_mesh() {
    local generator failed
    say "a namespace whose pods get sidecars"
    run kubectl create namespace "$mesh_namespace"
    run kubectl annotate namespace "$mesh_namespace" kuma.io/sidecar-injection=enabled
    run kubectl apply -f "$samples/canary-workloads.yaml"
    run kubectl --namespace "$mesh_namespace" wait --for=condition=Available deployments --all --timeout=120s
    until_true 60 "all pods are 2/2" all_have_sidecars
    run kubectl --namespace "$mesh_namespace" get pods,services
    magnanimo=$(kubectl --namespace "$mesh_namespace" get service magnanimo -o jsonpath='{.spec.clusterIP}')

    say "what the mesh knows"
    run "$swiftlet" "${inspect_dataplanes[@]}"

    say "without a TrafficRoute: half and half"
    run curl --silent --show-error --fail --max-time 10 --noproxy '*' "http://$magnanimo:4000/hw2"
    load "$work/half" --requests 200
    expect_share "$work/half" 350 650

    say "a TrafficRoute: what would happen..."
    run cat "$samples/canary-trafficroute.yaml"
    run "$swiftlet" reconcile --dry-run -f "$samples/canary-trafficroute.yaml"

    say "...and what does: 90 to 10"
    apply_route "$samples/canary-trafficroute.yaml"
    show_route_status
    load "$work/canary" --concurrency 4 --requests 10000
    expect_share "$work/canary" 85 115

    say "which route won, and what Envoy was told"
    run "$swiftlet" "${inspect_routes[@]}"
    run "$swiftlet" "${inspect_envoy[@]}" \
        "$mesh_namespace/$(kubectl --namespace "$mesh_namespace" get pods -l app=magnanimo -o jsonpath='{.items[0].metadata.name}')"

    say "all to the first release, and back, under load: what would happen..."
    sed -e 's/weight: 10$/weight: 0/' -e 's/weight: 90$/weight: 100/' "$samples/canary-trafficroute.yaml" >"$work/all-v1.yaml"
    run "$swiftlet" reconcile --dry-run -f "$work/all-v1.yaml"

    say "...and what does"
    "$cluster/load.sh" "http://$magnanimo:4000/hw2" --rate 200 --seconds 60 --every 1 >"$work/under-load" &
    generator=$!
    sleep 2
    apply_route "$work/all-v1.yaml"
    sleep 3
    apply_route "$samples/canary-trafficroute.yaml"
    sleep 3
    kill "$generator"
    failed=0
    wait "$generator" || failed=$?
    cat "$work/under-load"
    [[ $failed == 0 ]] || complain "requests failed"
    show_route_status

    say "the tutorial's Ingress, for whoever serves it"
    run kubectl apply -f "$samples/canary-ingress.yaml"
    run kubectl --namespace "$mesh_namespace" get ingress

    say "without the TrafficRoute: half and half again"
    run kubectl delete "$route"
    sleep 2
    load "$work/again" --requests 200
    expect_share "$work/again" 350 650
    run kubectl delete namespace "$mesh_namespace" --wait=false
}
