#!/usr/bin/env bash
# Proves that a cluster left nothing behind.
#
#   check-clean.sh snapshot FILE    writes down what there is before it comes up
#   check-clean.sh compare FILE     shows what there is more or less now; ends 1 if anything
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Processes of a cluster run a program of the cache or of KUBE_ASSETS, or live in other namespaces than this one.
processes() {
    local id program
    for id in /proc/[0-9]*; do
        program=$(readlink "$id/exe" 2>/dev/null) || continue
        if [[ $program == "$CACHE"/* || $program == "$KUBE_BIN"/* ]] ||
            [[ $(readlink "$id/ns/net" 2>/dev/null) != "$(readlink /proc/self/ns/net)" ]] ||
            [[ $(readlink "$id/ns/mnt" 2>/dev/null) != "$(readlink /proc/self/ns/mnt)" ]]; then
            echo "process $program ${id#/proc/}"
        fi
    done
}

snapshot() {
    processes
    ip -o link show 2>/dev/null | awk '{ print "link " $2 }'
    ip -o address show 2>/dev/null | awk '{ print "address " $2 " " $4 }'
    ip route show table all 2>/dev/null | sed -E 's/ (expires|metric) [0-9a-z]+//g; s/^/route /'
    ip rule show 2>/dev/null | sed 's/^/rule /'
    [[ ! -d /run/netns ]] || find /run/netns -mindepth 1 | sed 's/^/network namespace /'
    awk '{ print "mount " $5 }' /proc/self/mountinfo
    for program in iptables-save ip6tables-save; do
        # Absent before the packages of a node are installed: that is as good as no rules.
        { "$program" 2>/dev/null || true; } | sed -E '/^#/d; s/\[[0-9:]+\]//; s/^/'"$program"' /'
    done
    find /sys/fs/cgroup -type d -name 'swiftlet-*' | sed 's/^/cgroup /'
    find /run /var/lib /var/log /etc /opt -maxdepth 1 | sed 's/^/file /'
    [[ ! -d $CACHE/clusters ]] || find "$CACHE/clusters" -mindepth 1 -maxdepth 1 | sed 's/^/cluster /'
    for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops net/ipv4/ip_forward \
        kernel/keys/root_maxkeys kernel/keys/root_maxbytes net/netfilter/nf_conntrack_max; do
        [[ ! -e /proc/sys/$setting ]] || echo "setting $setting $(cat "/proc/sys/$setting")"
    done
}

[[ $# == 2 ]] || fail "usage: check-clean.sh snapshot|compare FILE"
case $1 in
    snapshot) snapshot | LC_ALL=C sort >"$2" ;;
    compare)
        # The kernel takes down links and namespaces a moment after their last process.
        deadline=$((SECONDS + 5))
        until difference=$(diff "$2" <(snapshot | LC_ALL=C sort)); do
            if [[ $SECONDS -ge $deadline ]]; then
                say "left behind (>) or taken away (<):"
                grep '^[<>]' <<<"$difference" >&2
                exit 1
            fi
            sleep 0.2
        done
        say "clean: nothing was left behind"
        ;;
    *) fail "usage: check-clean.sh snapshot|compare FILE" ;;
esac
