#!/usr/bin/env bash
# Builds the images that the cluster's containerd finds instead of any registry's, and keeps them in the cache.
#
#   image.sh [RECIPE...]     default: all recipes of images/
#   image.sh --show NAME     prints what was last built by a recipe: its names, digest and size
#
# A recipe is a shell file that sets REFERENCES (NAMESPACE/NAME:TAG, to be had under every registry host, the usual one
# included) and CONFIG (the image's "config" object, as the OCI image specification has it), and defines fill ROOT, which
# lays the image's files into an empty folder. For fill there are add_program, add_shell and add_user. FILES, if set, are
# files of elsewhere that the image is made from; a recipe whose files are not there is left out. A recipe that defines
# archive FILE instead of fill writes a whole image as an OCI archive.
#
# Built again only when a recipe, its files or the versions changed; the same files always make the same digest. Works beside a
# running cluster, which sees the new image at its next pull.
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

digest() { echo "sha256:$(sha256sum "$1" | cut -d ' ' -f 1)"; }

# push_blob NAME FILE
push_blob() {
    local place
    place=$(curl -fsS -X POST -D - -o /dev/null "http://127.0.0.1:$PORT/v2/$1/blobs/uploads/" |
        tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
    curl -fsS -X PUT -H 'Content-Type: application/octet-stream' -T "$2" -o /dev/null "$place&digest=$(digest "$2")"
}

# push NAME:TAG: the layer, the configuration and the manifest that make_image left in $WORK.
push() {
    push_blob "${1%:*}" "$WORK/layer.tar.gz"
    push_blob "${1%:*}" "$WORK/config.json"
    curl -fsS -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' -T "$WORK/manifest.json" \
        -o /dev/null "http://127.0.0.1:$PORT/v2/${1%:*}/manifests/${1##*:}"
}

# make_image ROOT: an image of one layer.
make_image() {
    tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf "$WORK/layer.tar" .
    jq -n --argjson config "$CONFIG" --arg layer "$(digest "$WORK/layer.tar")" --arg arch "$(dpkg --print-architecture)" \
        '{ architecture: $arch, os: "linux", config: $config, rootfs: { type: "layers", diff_ids: [$layer] } }' \
        >"$WORK/config.json"
    gzip -n1f "$WORK/layer.tar"
    jq -n --arg config "$(digest "$WORK/config.json")" --argjson config_size "$(stat -c %s "$WORK/config.json")" \
        --arg layer "$(digest "$WORK/layer.tar.gz")" --argjson layer_size "$(stat -c %s "$WORK/layer.tar.gz")" '{
            schemaVersion: 2,
            mediaType: "application/vnd.oci.image.manifest.v1+json",
            config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: $config, size: $config_size },
            layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: $layer, size: $layer_size }]
        }' >"$WORK/manifest.json"
}

# unpack_archive FILE: an image of one layer, as an OCI archive has it.
unpack_archive() {
    local folder=$WORK/layout
    rm -rf "$folder"
    mkdir "$folder"
    tar -xf "$1" -C "$folder"
    blob() { printf '%s' "$folder/blobs/${1/://}"; }
    cp "$(blob "$(jq -r '.manifests[0].digest' "$folder/index.json")")" "$WORK/manifest.json"
    cp "$(blob "$(jq -r '.config.digest' "$WORK/manifest.json")")" "$WORK/config.json"
    [[ $(jq '.layers | length' "$WORK/manifest.json") == 1 ]] || fail "$1 has several layers"
    cp "$(blob "$(jq -r '.layers[0].digest' "$WORK/manifest.json")")" "$WORK/layer.tar.gz"
    rm -rf "$folder"
}

# key_of RECIPE: changes with all that an image is made from; a recipe may use another one's functions. Fails when a file
# of its FILES is missing.
key_of() (
    FILES=()
    # shellcheck source=/dev/null
    source "$1"
    for file in "${FILES[@]}"; do
        if [[ ! -f $file ]]; then
            say "image: leaving out $(basename "$1" .sh): $file is missing"
            exit 1
        fi
    done
    cat "$HERE/image.sh" "$HERE/versions.env" "$HERE"/images/* "$1" "${FILES[@]}" | sha256sum | cut -c 1-16
)

# build RECIPE KEY: in a subshell, so that recipes see nothing of each other.
build() (
    name=$(basename "$1" .sh)
    say "image: building $name"
    # shellcheck source=/dev/null
    source "$1"
    if declare -F archive >/dev/null; then
        archive "$WORK/archive"
        unpack_archive "$WORK/archive"
    else
        mkdir "$WORK/root"
        fill "$WORK/root"
        make_image "$WORK/root"
    fi
    for reference in "${REFERENCES[@]}"; do push "$reference"; done
    {
        echo "names       ${REFERENCES[*]}"
        echo "digest      $(digest "$WORK/manifest.json")"
        echo "compressed  $(stat -c %s "$WORK/layer.tar.gz" | numfmt --to=iec-i)B"
        echo "unpacked    $(gzip -dc "$WORK/layer.tar.gz" | wc -c | numfmt --to=iec-i)B"
    } >"$REGISTRY/about.$name"
    rm -rf "$WORK/root"
    mkdir -p "$REGISTRY/built"
    echo "$2" >"$REGISTRY/built/$name"
)

# What no tag names any more, so that images that are built over and over do not fill the disk.
discard_old_images() {
    "$DEB_ROOT/usr/bin/docker-registry" garbage-collect --delete-untagged "$WORK/registry.yaml" >/dev/null 2>&1 ||
        say "image: could not discard old images; harmless"
}

if [[ ${1-} == --show ]]; then exec cat "$REGISTRY/about.$2"; fi
mkdir -p "$REGISTRY"
exec {lock}>"$REGISTRY/lock"
flock "$lock"
[[ $# != 0 ]] || set -- "$HERE"/images/*.sh
declare -A KEYS=()
for recipe in "$@"; do
    key=$(key_of "$recipe") || continue
    [[ $(cat "$REGISTRY/built/$(basename "$recipe" .sh)" 2>/dev/null) == "$key" ]] || KEYS[$recipe]=$key
done
[[ ${#KEYS[@]} != 0 ]] || exit 0

rm -rf "$CACHE"/image.??????
WORK=$(mktemp -d "$CACHE/image.XXXXXX")
STATE=$WORK
trap 'stop registry; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM
free_ports 1
PORT=${PORTS[0]}
write_registry_configuration "$WORK/registry.yaml" "$PORT"
# Its end is this script's, however that comes.
start registry setpriv --pdeathsig KILL "$DEB_ROOT/usr/bin/docker-registry" serve "$WORK/registry.yaml" {lock}>&-
await 10 "the registry answers" registry curl -fsS "http://127.0.0.1:$PORT/v2/"
for recipe in "${!KEYS[@]}"; do build "$recipe" "${KEYS[$recipe]}"; done
stop registry
discard_old_images
