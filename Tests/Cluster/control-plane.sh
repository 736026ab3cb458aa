# etcd, kube-apiserver and kube-controller-manager: all that tests of controllers need.
# shellcheck shell=bash

# Sets ETCD, APISERVER and CONTROLLER_MANAGER. The etcd is the one that ETCD names, that of KUBE_ASSETS, or Debian's.
find_control_plane() {
    if [[ -z ${ETCD-} ]]; then
        ETCD=$KUBE_BIN/etcd
        [[ -x $ETCD ]] || ETCD=$DEB_ROOT/usr/bin/etcd
    fi
    APISERVER=$KUBE_BIN/kube-apiserver
    CONTROLLER_MANAGER=$KUBE_BIN/kube-controller-manager
    local program
    for program in "$ETCD" "$APISERVER" "$CONTROLLER_MANAGER" "$KUBECTL"; do
        [[ -x $program ]] || fail "$program is missing; run ${BASH_SOURCE[0]%/*}/deps.sh first"
    done
}

# The API server's certificate is good for its addresses and for the names it has inside the cluster.
make_control_plane_pki() {
    local names="IP:127.0.0.1,IP:$HOST_ADDRESS,IP:10.96.0.1,DNS:localhost" name
    for name in kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local; do
        names+=",DNS:$name"
    done
    make_authority ca
    make_authority front-proxy-ca
    make_certificate ca apiserver /CN=kube-apiserver serverAuth "$names"
    make_certificate ca apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
    make_certificate ca admin /O=system:masters/CN=admin clientAuth
    make_certificate ca controller-manager /CN=system:kube-controller-manager clientAuth
    make_certificate front-proxy-ca front-proxy-client /CN=front-proxy-client clientAuth
    make_service_account_key
}

# Sets SERVER and the ports. Everything listens on loopback alone.
choose_control_plane() {
    free_ports 4
    ETCD_PORT=${PORTS[0]}
    ETCD_PEER_PORT=${PORTS[1]}
    SERVER_PORT=${PORTS[2]}
    CONTROLLER_MANAGER_PORT=${PORTS[3]}
    SERVER=https://127.0.0.1:$SERVER_PORT
}

# streams_lists ETCD: whether API servers that stream lists can do so on it. They ask etcd for its progress, and it answers that properly only since
# the versions named in versions.env.
streams_lists() {
    local version lowest=$ETCD_STREAMING_35
    version=$("$1" --version | awk '/^etcd Version:/ { print $3 }')
    [[ $version != 3.4.* ]] || lowest=$ETCD_STREAMING_34
    [[ $(printf '%s\n' "$lowest" "$version" | sort -V | head -n 1) == "$lowest" ]]
}

start_etcd() {
    local flags=()
    if [[ $(minor_version "$APISERVER") -ge 32 ]] && ! streams_lists "$ETCD"; then
        say "$ETCD is too old for an API server to stream lists on; ETCD may name another one, from $ETCD_STREAMING_34 or $ETCD_STREAMING_35 on"
    fi
    # A test cluster's data need not survive a power cut.
    if accepts "$ETCD" --unsafe-no-fsync --version; then flags+=(--unsafe-no-fsync); fi
    start etcd "$ETCD" --data-dir "$STATE/etcd" --listen-client-urls "http://127.0.0.1:$ETCD_PORT" \
        --advertise-client-urls "http://127.0.0.1:$ETCD_PORT" --listen-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" \
        --initial-advertise-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT" --initial-cluster "default=http://127.0.0.1:$ETCD_PEER_PORT" \
        --quota-backend-bytes 4294967296 --auto-compaction-mode periodic --auto-compaction-retention 5m "${flags[@]}"
}

# start_apiserver [ADDRESS]: the address, if any, under which pods find the server as the Service "kubernetes".
start_apiserver() {
    local flags pki=$STATE/pki
    # A loopback address cannot be published as a Service's endpoint.
    if [[ -n ${1-} ]]; then flags=(--advertise-address="$1"); else flags=(--advertise-address=127.0.0.1 --endpoint-reconciler-type=none); fi
    # Old releases serve plain HTTP as well unless told not to; newer ones know no such flag.
    keep_accepted "$APISERVER" --insecure-port=0
    flags+=("${FLAGS[@]}")
    # What the operator asks for, as the service account of an installation, so that tests can compare it with its rights; and what service accounts
    # of the namespace "audited" change, for a test that proves who wrote when.
    cat >"$STATE/audit-policy.yaml" <<'EOF'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  userGroups: ["system:serviceaccounts:swiftlet-system"]
- level: Metadata
  userGroups: ["system:serviceaccounts:audited"]
  verbs: [create, update, patch, delete, deletecollection]
- level: None
EOF
    # In-flight limits well above the defaults: a benchmark is to be bounded by the server's work, not by its throttle.
    start kube-apiserver "$APISERVER" "${flags[@]}" \
        --bind-address=127.0.0.1 --secure-port="$SERVER_PORT" \
        --etcd-servers="http://127.0.0.1:$ETCD_PORT" \
        --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
        --kubelet-client-certificate="$pki/apiserver-kubelet-client.crt" \
        --kubelet-client-key="$pki/apiserver-kubelet-client.key" --kubelet-preferred-address-types=InternalIP \
        --service-account-key-file="$pki/service-account.pub" --service-account-signing-key-file="$pki/service-account.key" \
        --service-account-issuer=https://kubernetes.default.svc.cluster.local \
        --requestheader-client-ca-file="$pki/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
        --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
        --requestheader-extra-headers-prefix=X-Remote-Extra- \
        --proxy-client-cert-file="$pki/front-proxy-client.crt" --proxy-client-key-file="$pki/front-proxy-client.key" \
        --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
        --service-cluster-ip-range="$SERVICE_RANGE" \
        --audit-policy-file="$STATE/audit-policy.yaml" --audit-log-path="$STATE/logs/audit.log" \
        --max-requests-inflight=3000 --max-mutating-requests-inflight=1000 --shutdown-delay-duration=0s

    make_kubeconfig "$STATE/kubeconfig" admin "$SERVER"
}

# Ready means, too, that the roles exist without which the other parts would not start.
await_apiserver() {
    await 60 "kube-apiserver ready" kube-apiserver kube get --raw /readyz
}

start_controller_manager() {
    local pki=$STATE/pki
    make_kubeconfig "$pki/controller-manager.kubeconfig" controller-manager "$SERVER"
    # Old releases open an insecure port by default. The client limits keep the manager from being the bottleneck.
    keep_accepted "$CONTROLLER_MANAGER" --port=0
    start kube-controller-manager "$CONTROLLER_MANAGER" "${FLAGS[@]}" \
        --bind-address=127.0.0.1 --secure-port="$CONTROLLER_MANAGER_PORT" --leader-elect=false \
        --kubeconfig="$pki/controller-manager.kubeconfig" --authentication-kubeconfig="$pki/controller-manager.kubeconfig" \
        --authorization-kubeconfig="$pki/controller-manager.kubeconfig" --use-service-account-credentials=true \
        --root-ca-file="$pki/ca.crt" --service-account-private-key-file="$pki/service-account.key" \
        --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
        --cluster-cidr="$POD_RANGE" --service-cluster-ip-range="$SERVICE_RANGE" \
        --kube-api-qps=1000 --kube-api-burst=2000 --pvclaimbinder-sync-period=1s
}

# The default service account is its first visible deed.
await_controller_manager() {
    await 60 "kube-controller-manager at work" kube-controller-manager kube get serviceaccount default
}

# Without a controller manager nobody else makes it, and pods of the namespace "default" could not be created.
make_default_service_account() {
    await 10 "the namespace default" kube-apiserver kube get namespace default
    kube create -f - >/dev/null <<'EOF'
apiVersion: v1
kind: ServiceAccount
metadata:
  name: default
  namespace: default
automountServiceAccountToken: false
EOF
}

kube() { "$KUBECTL" --kubeconfig "$STATE/kubeconfig" --request-timeout 10s "$@"; }
