#!/usr/bin/env bash
# Names of Services in the cluster: dnsmasq on the node's address, behind the Service kube-system/kube-dns, with a file of
# hosts that is written again as soon as a Service changes, or the pods of a headless one. Part of node.sh.
#
# Known are <service>.<namespace>.svc.cluster.local and, of headless Services, <hostname>.<service>.<...>; all else does
# not exist. No SRV records, no names of pods without a Service, no ExternalName.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
STATE=$1
HOSTS=/run/dns/hosts

kube() { "$KUBECTL" --kubeconfig "$STATE/pki/dns.kubeconfig" --cache-dir /run/dns/kubectl "$@"; }

# watch KIND [FLAGS...]: a line for every object there is and for every change, for ever.
watch() {
    while true; do
        kube get "$@" --all-namespaces --watch --output-watch-events -o name || true
        sleep 1
    done
}

# All Services, and the endpoints of those without an address of their own, as lines of a hosts file.
hosts() {
    kube get services,endpoints --all-namespaces -o json | jq -r '
        def path: "\(.metadata.namespace)/\(.metadata.name)";
        [.items[] | select(.kind == "Service")] as $services
        | [.items[] | select(.kind == "Endpoints")] as $endpoints
        | ([$services[] | select(.spec.clusterIP == "None") | { key: path, value: true }] | from_entries) as $headless
        | ($services[] | select((.spec.clusterIP // "None") | . != "None" and . != "")
            | "\(.spec.clusterIP) \(.metadata.name).\(.metadata.namespace).svc.cluster.local"),
          ($endpoints[] | select($headless[path])
            | "\(.metadata.name).\(.metadata.namespace).svc.cluster.local" as $name
            | [.subsets[]?.addresses[]?] | unique_by(.ip)[]
            | "\(.ip) \(if .hostname then "\(.hostname).\($name) " else "" end)\($name)")'
}

mkdir -p /run/dns
: >"$HOSTS"
# Whatever is not in the file does not exist, and nobody else is asked.
"$DEB_ROOT/usr/sbin/dnsmasq" --keep-in-foreground --conf-file=/dev/null --pid-file= --user=root --no-resolv --no-hosts \
    --addn-hosts="$HOSTS" --address=/#/ --local-ttl=1 --listen-address="$NODE_ADDRESS" --bind-interfaces \
    --log-facility=- &
dnsmasq=$!

# What happened does not matter, only that something did: the lines that came meanwhile are read, then all is listed.
{
    watch services &
    watch endpoints --selector service.kubernetes.io/headless &
    wait
} | while read -r _; do
    while read -r -t 0.02 _; do :; done
    if hosts >"$HOSTS.new" && ! cmp -s "$HOSTS.new" "$HOSTS"; then
        mv "$HOSTS.new" "$HOSTS"
        kill -HUP "$dnsmasq"
    fi
done &
wait -n
