#!/usr/bin/env bash
# The node's own process number 1. whole-node.sh starts it in network, mount and process namespaces of its own: whatever
# containerd and kubelet make in them, links, mounts, iptables rules and processes, ends when this process ends.
#
# Ends as soon as one of the node's daemons ends, and tells which in node/ended: its name and its exit status.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
STATE=$1
NAME=$2
NODE=$STATE/node
export PATH=$DEB_ROOT/usr/bin:$DEB_ROOT/usr/sbin:$PATH

# The usual folders, private to the node and kept in the cluster's own: every program runs with its default paths. Without
# -n the machine's own /run would get a file about mounts.
mount --make-rshared /
mkdir -p "$NODE/lib" "$NODE/log"
mount -n --bind "$NODE/lib" /var/lib
mount -n --bind "$NODE/log" /var/log
mount -n -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/cni /run/registry/_default

# kubelet sets these for the whole machine if it finds other values. It finds the ones it wants, and sets nothing.
while read -r setting value; do
    [[ -e /proc/sys/$setting ]] || continue
    echo "$value" >"/run/${setting//\//.}"
    mount --bind "/run/${setting//\//.}" "/proc/sys/$setting"
done <<EOF
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
EOF

until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
ip link set lo up
ip address add "$NODE_ADDRESS/30" dev eth0
ip link set eth0 up
# No default route: what is not on this machine is unreachable at once, cloud providers' addresses for instance, which
# kubelet asks at its start.
echo 1 >/proc/sys/net/ipv4/ip_forward

# Every registry is the one on loopback, and it alone: what is not there is "not found" at once.
cat >/run/registry/_default/hosts.toml <<'EOF'
server = "http://127.0.0.1:5000"
[host."http://127.0.0.1:5000"]
  capabilities = ["pull", "resolve"]
EOF
# Point to point rather than a bridge: what pods say to each other is routed, so that Services between pods of one node
# work without the kernel's bridge filter.
cat >/run/cni/10-swiftlet.conflist <<EOF
{
  "cniVersion": "0.4.0",
  "name": "swiftlet",
  "plugins": [
    { "type": "ptp", "ipMasq": true,
      "ipam": { "type": "host-local", "ranges": [[{ "subnet": "$POD_RANGE" }]], "routes": [{ "dst": "0.0.0.0/0" }] } },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
EOF
cat >/run/containerd.toml <<EOF
version = 2
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/local/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$DEB_ROOT/usr/lib/cni"
    conf_dir = "/run/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/run/registry"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    SystemdCgroup = false
EOF
cat >/run/kubelet.yaml <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_ADDRESS
authentication:
  anonymous: { enabled: false }
  webhook: { enabled: true }
  x509: { clientCAFile: "$STATE/pki/ca.crt" }
authorization: { mode: Webhook }
cgroupDriver: cgroupfs
cgroupRoot: /swiftlet-$NAME
clusterDomain: cluster.local
clusterDNS: [$DNS_ADDRESS]
resolvConf: /run/resolv.conf
failSwapOn: false
# A test machine's disk may well be nearly full.
evictionHard: { memory.available: 50Mi, nodefs.available: 1%, imagefs.available: 1% }
imageGCHighThresholdPercent: 100
serializeImagePulls: false
registryPullQPS: 0
eventRecordQPS: 0
kubeAPIQPS: 100
kubeAPIBurst: 200
volumePluginDir: /run/volume-plugins
EOF
if [[ ! -e /sys/fs/cgroup/cgroup.controllers ]] && knows_fail_cgroup_v1 "$KUBE_BIN/kubelet"; then
    echo "failCgroupV1: false" >>/run/kubelet.yaml
fi
: >/run/resolv.conf

LOGS=$STATE/logs
declare -A DAEMONS=()
# daemon NAME COMMAND...: runs a command in the background, with its output in a log of its name.
daemon() {
    "${@:2}" >>"$LOGS/$1.log" 2>&1 &
    DAEMONS[$!]=$1
}

# end ID STATUS: tells which daemon ended, and ends the node with it.
end() {
    local name=${DAEMONS[$1]:-node}
    echo "$name $2" >"$NODE/ended"
    echo "$name ended with status $2; its log is $LOGS/$name.log" >&2
    exit 1
}

# until_true COMMAND...: polls until the command succeeds, or a daemon ends.
until_true() {
    local id status
    until "$@"; do
        for id in "${!DAEMONS[@]}"; do
            if kill -0 "$id" 2>/dev/null; then continue; fi
            status=0
            wait "$id" || status=$?
            end "$id" "$status"
        done
        sleep 0.05
    done
}

write_registry_configuration /run/registry.yaml 5000
daemon registry docker-registry serve /run/registry.yaml
daemon containerd containerd --config /run/containerd.toml
until_true test -S /run/containerd/containerd.sock
# Old releases must be told to speak to anything but Docker.
keep_accepted "$KUBE_BIN/kubelet" --container-runtime=remote
daemon kubelet "$KUBE_BIN/kubelet" "${FLAGS[@]}" --config=/run/kubelet.yaml --kubeconfig="$STATE/pki/kubelet.kubeconfig" \
    --hostname-override=node --node-ip="$NODE_ADDRESS" \
    --container-runtime-endpoint=unix:///run/containerd/containerd.sock
# kubelet waits for the API server; kube-proxy would go on without knowing its node.
until_true test -e "$STATE/node/go"
daemon kube-proxy "$KUBE_BIN/kube-proxy" --kubeconfig="$STATE/pki/kube-proxy.kubeconfig" --hostname-override=node \
    --proxy-mode=iptables --cluster-cidr="$POD_RANGE" --conntrack-max-per-core=0 --iptables-min-sync-period=100ms \
    --healthz-bind-address=127.0.0.1
daemon dns "$HERE/dns.sh" "$STATE"
status=0
wait -n -p ended || status=$?
end "$ended" "$status"
