# The node, the scheduler, the provisioner and the objects that a full cluster has beside its control plane.
# shellcheck shell=bash

find_node() {
    [[ $(id -u) == 0 ]] || fail "a full cluster needs root"
    if ip link show swiftlet0 >/dev/null 2>&1; then
        fail "the link swiftlet0 exists: another full cluster is up on this machine"
    fi
    local program place
    for program in "$KUBE_BIN"/{kube-scheduler,kubelet,kube-proxy} "$DEB_ROOT"/usr/bin/{containerd,docker-registry} \
        "$DEB_ROOT/usr/sbin/dnsmasq" "$ENVOY"; do
        [[ -x $program ]] || fail "$program is missing; run deps.sh full first"
    done
    for place in "$STATE" "$CACHE" "$KUBE_BIN"; do
        case $place in
            /run/* | /var/run/* | /var/lib/* | /var/log/*) fail "$place: the node has its own /run, /var/lib and /var/log; choose a folder outside" ;;
        esac
    done
}

# The namespaces, their link to the host, and the daemons in them; kube-proxy waits for let_node_go.
start_node() {
    local id hierarchy range
    mkdir -p "$STATE/node" "$STATE/logs"
    make_kubeconfig "$STATE/pki/kubelet.kubeconfig" kubelet "https://$HOST_ADDRESS:$SERVER_PORT"
    make_kubeconfig "$STATE/pki/kube-proxy.kubeconfig" kube-proxy "https://$HOST_ADDRESS:$SERVER_PORT"
    make_kubeconfig "$STATE/pki/dns.kubeconfig" dns "https://$HOST_ADDRESS:$SERVER_PORT"
    while read -r hierarchy; do make_cgroup "$hierarchy" "swiftlet-$NAME"; done \
        < <(awk '$3 ~ /^cgroup/ { print $2 }' /proc/mounts | sort -u)
    start node unshare --net --mount --pid --fork --kill-child --mount-proc "$HERE/node.sh" "$STATE" "$NAME"
    await 5 "the node's namespaces" node in_own_namespace
    id=$(recorded_pid node)
    # The link goes with the namespace at whose other end it is. Should that happen while the cluster is in use, what is
    # on its way to the node must not leave the machine by the default route.
    touch "$STATE/routes"
    for range in "$POD_RANGE" "$SERVICE_RANGE" "$LINK_RANGE"; do ip route add unreachable "$range" metric 4000; done
    ip link add swiftlet0 type veth peer name eth0 netns "$id"
    ip address add "$HOST_ADDRESS/30" dev swiftlet0
    ip link set swiftlet0 up
    ip route add "$POD_RANGE" via "$NODE_ADDRESS"
    ip route add "$SERVICE_RANGE" via "$NODE_ADDRESS"
    # The API server itself listens on loopback only.
    start apiserver-for-node socat "TCP-LISTEN:$SERVER_PORT,bind=$HOST_ADDRESS,fork,reuseaddr,nodelay" \
        "TCP:127.0.0.1:$SERVER_PORT,nodelay"
}

in_own_namespace() {
    local id
    id=$(recorded_pid node) && [[ $(readlink "/proc/$id/ns/net") != "$(readlink /proc/self/ns/net)" ]]
}

# make_cgroup HIERARCHY NAME: a group below which the kubelet can make its own.
make_cgroup() {
    local file controller
    mkdir -p "$1/$2"
    # Version 1: a new group has no processors and no memory nodes to give.
    for file in cpuset.cpus cpuset.mems; do
        if [[ -f $1/$2/$file && -f $1/cpuset.cpu_exclusive ]]; then cat "$1/$file" >"$1/$2/$file"; fi
    done
    # Version 2: a group has the controllers that its parent hands down.
    if [[ -f $1/$2/cgroup.controllers ]]; then
        for controller in $(<"$1/cgroup.controllers"); do
            echo "+$controller" >"$1/cgroup.subtree_control"
            echo "+$controller" >"$1/$2/cgroup.subtree_control"
        done
    fi
}

make_node_pki() {
    make_certificate ca kubelet /O=system:nodes/CN=system:node:node clientAuth
    make_certificate ca kube-proxy /CN=system:kube-proxy clientAuth
    make_certificate ca dns /O=system:masters/CN=dns clientAuth
    make_certificate ca scheduler /CN=system:kube-scheduler clientAuth
}

# The API server is ready: kube-proxy may start.
let_node_go() { touch "$STATE/node/go"; }

start_scheduler() {
    local scheduler=$KUBE_BIN/kube-scheduler kubeconfig=$STATE/pki/scheduler.kubeconfig
    make_kubeconfig "$kubeconfig" scheduler "$SERVER"
    free_ports 1
    keep_accepted "$scheduler" --port=0
    start kube-scheduler "$scheduler" "${FLAGS[@]}" --kubeconfig="$kubeconfig" --authentication-kubeconfig="$kubeconfig" \
        --authorization-kubeconfig="$kubeconfig" --leader-elect=false --bind-address=127.0.0.1 --secure-port="${PORTS[0]}"
}

# Storage classes, an ingress class, and the Service that leads to dns.sh. A volume of root-efs starts with a page on it, as a shared file system of a
# team of web authors would; one of the default class starts empty.
make_cluster_objects() {
    kube apply -f - >/dev/null <<EOF
apiVersion: v1
kind: Service
metadata:
  name: kube-dns
  namespace: kube-system
spec:
  clusterIP: $DNS_ADDRESS
  ports:
  - { name: dns, port: 53, protocol: UDP }
  - { name: dns-tcp, port: 53, protocol: TCP }
---
apiVersion: v1
kind: Endpoints
metadata:
  name: kube-dns
  namespace: kube-system
subsets:
- addresses: [{ ip: $NODE_ADDRESS }]
  ports:
  - { name: dns, port: 53, protocol: UDP }
  - { name: dns-tcp, port: 53, protocol: TCP }
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: standard
  annotations: { storageclass.kubernetes.io/is-default-class: "true" }
provisioner: swiftlet.test/host-path
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: root-efs
provisioner: swiftlet.test/host-path
parameters:
  page: "<!DOCTYPE html><title>CLAIM</title><h1>This page lies on the volume of CLAIM</h1>"
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: nginx
spec:
  controller: swiftlet.test/none
EOF
}

start_provisioner() {
    start provisioner "$HERE/provisioner.sh" "$STATE"
}

await_node() {
    await 60 "the node is registered" node kube get node node
    # The controller manager could do this; but it would keep its other controllers waiting for ten seconds first. With a
    # pod range the kubelet reports itself ready at once, and not at its next heartbeat.
    kube patch node node --patch "{\"spec\": {\"podCIDR\": \"$POD_RANGE\", \"podCIDRs\": [\"$POD_RANGE\"]}}" >/dev/null
    await 60 "the node is ready" node kube wait --for=condition=Ready node/node --timeout=5s
    # Reached from the host through the node: link, routes and kube-proxy's rules are all in place.
    await 30 "Services are reachable" node curl -fsk --max-time 2 https://10.96.0.1/version
    await 30 "names of Services are known" node \
        "$DEB_ROOT/bin/busybox" nslookup -type=a kubernetes.default.svc.cluster.local "$DNS_ADDRESS"
}
