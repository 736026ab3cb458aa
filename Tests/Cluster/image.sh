#!/usr/bin/env bash
# Builds the images that the cluster's containerd finds instead of any registry's, and keeps them in the cache.
#
#   image.sh [RECIPE...]     default: all recipes of images/
#
# A recipe is a shell file that sets REFERENCES (NAMESPACE/NAME:TAG, to be had under any registry host, the usual one
# included), CONFIG (options of "buildah config") and a function fill ROOT, which lays the files into an empty folder.
# Built again only when a recipe, or the versions, changed. Works beside a running cluster.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# add_program ROOT PROGRAM PATH: a program of this machine with the libraries that it loads.
add_program() {
    local library
    install -D "$2" "$1$3"
    while read -r library; do
        [[ -e $1$library ]] || install -D "$library" "$1$library"
    done < <(ldd "$2" | grep -o '/[^ ]*')
}

# add_shell ROOT: /bin/sh and the usual small tools.
add_shell() {
    local tool
    install -D "$DEB_ROOT/bin/busybox" "$1/bin/busybox"
    for tool in $("$DEB_ROOT/bin/busybox" --list); do
        [[ $tool == busybox ]] || ln -s busybox "$1/bin/$tool"
    done
}

# add_user ROOT NAME ID
add_user() {
    mkdir -p "$1/etc"
    [[ -e $1/etc/passwd ]] || echo root:x:0:0:root:/root:/bin/sh >"$1/etc/passwd"
    [[ -e $1/etc/group ]] || echo root:x:0: >"$1/etc/group"
    echo "$2:x:$3:$3:$2:/nonexistent:/bin/false" >>"$1/etc/passwd"
    echo "$2:x:$3:" >>"$1/etc/group"
}

# build RECIPE: in a subshell, so that recipes see nothing of each other.
build() (
    recipe=$1
    name=$(basename "$recipe" .sh)
    key=$(cat "$HERE/image.sh" "$HERE/versions.env" "$HERE/images"/*.sh | sha256sum | cut -c1-16)
    [[ $(cat "$REGISTRY/built/$name" 2>/dev/null) != "$key" ]] || exit 0
    say "image: building $name"
    # shellcheck source=/dev/null
    source "$recipe"
    mkdir "$WORK/$name"
    fill "$WORK/$name"

    buildah=(buildah --root "$WORK/storage" --runroot "$WORK/run" --storage-driver vfs)
    container=$("${buildah[@]}" from scratch)
    "${buildah[@]}" copy -q "$container" "$WORK/$name" / >/dev/null
    "${buildah[@]}" config "${CONFIG[@]}" "$container"
    image=$("${buildah[@]}" commit -q --rm "$container")
    for reference in "${REFERENCES[@]}"; do
        "${buildah[@]}" push -q --tls-verify=false "$image" "docker://127.0.0.1:$PORT/$reference"
    done
    mkdir -p "$REGISTRY/built"
    echo "$key" >"$REGISTRY/built/$name"
)

RECIPES=("$@")
[[ ${#RECIPES[@]} != 0 ]] || RECIPES=("$HERE"/images/*.sh)
mkdir -p "$REGISTRY"
exec {lock}>"$REGISTRY/lock"
flock "$lock"
WORK=$(mktemp -d "$CACHE/image.XXXXXX")
STATE=$WORK
trap 'stop registry; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
free_ports 1
PORT=${PORTS[0]}
write_registry_configuration "$WORK/registry.yaml" "$PORT"
start registry "$DEB_ROOT/usr/bin/docker-registry" serve "$WORK/registry.yaml"
await 10 "the registry answers" registry curl -fsS "http://127.0.0.1:$PORT/v2/"
for recipe in "${RECIPES[@]}"; do build "$recipe"; done
