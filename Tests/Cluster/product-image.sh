#!/usr/bin/env bash
# Builds the product's image from the Containerfile with a swiftlet that is there, and writes it as an OCI archive.
#
#   product-image.sh SWIFTLET ARCHIVE
#
# The base image is made from Debian's packages, once. All that buildah mounts is in a mount namespace of its own and ends with it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[[ $# == 2 ]] || fail "usage: product-image.sh SWIFTLET ARCHIVE"
if [[ -z ${PRODUCT_IMAGE_NAMESPACE-} ]]; then
    PRODUCT_IMAGE_NAMESPACE=own exec unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
fi
binary=$(realpath "$1")
archive=$(realpath -m "$2")
place=$CACHE/buildah
base=localhost/base:$(echo "${IMAGE_PACKAGES[*]}" | sha256sum | cut -c 1-16)

# Nothing but what is said here is read of the machine's configuration of containers.
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=overlay
mkdir -p "$place"
exec {lock}>"$place/lock"
flock "$lock"
work=$(mktemp -d "$place/work.XXXXXX")
trap 'umount /var/lib 2>/dev/null || true; rm -rf "$work"' EXIT
# It keeps a cache in a place that cannot be chosen: written beside it, where the kernel can do so.
mkdir "$work/written" "$work/overlay"
mount -t overlay overlay -o "lowerdir=/var/lib,upperdir=$work/written,workdir=$work/overlay" /var/lib 2>/dev/null || true
buildah() { command buildah --root "$place/storage" --runroot "$work/run" "$@"; }

if ! buildah inspect --type image "$base" >/dev/null 2>&1; then
    say "image: making a base from Debian's packages"
    buildah rmi --all --force >/dev/null 2>&1 || true
    # Containers and clouds have the one, Debian's installer writes the other.
    sources=()
    for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
        if grep -qsE '^(deb |Types:)' "$file"; then sources+=("$file"); fi
    done
    [[ ${#sources[@]} != 0 ]] || fail "apt has no sources of Debian to make a base image from"
    mmdebstrap --quiet --mode=root --variant=essential --include="${IMAGE_PACKAGES[*]}" '' "$work/base.tar" "${sources[@]}"
    printf 'FROM scratch\nADD base.tar /\n' >"$work/Containerfile"
    buildah build --quiet --tag "$base" --file "$work/Containerfile" "$work" >/dev/null
    rm "$work/base.tar"
fi

# Names of functions stay, for traces; what debuggers read goes. Libraries that are not Debian's come along: those of Swift, unless they are
# linked in.
mkdir -p "$work/context/product/lib"
install -m 755 "$binary" "$work/context/product/swiftlet"
strip --strip-debug "$work/context/product/swiftlet"
ldd "$binary" | awk '$3 ~ /^\// && $3 !~ /^\/(usr\/)?lib\// { print $3 }' | xargs -r cp -Lt "$work/context/product/lib"
buildah build --quiet --layers=false --timestamp 0 --build-arg BASE="$base" --build-arg BINARY=prebuilt --build-arg PREBUILT=product \
    --tag localhost/swiftlet --file "$HERE/../../Containerfile" "$work/context" >/dev/null
mkdir -p "$(dirname "$archive")"
rm -f "$archive"
buildah push --quiet localhost/swiftlet "oci-archive:$archive"
# Layers of this build; the base stays.
buildah rmi --force localhost/swiftlet >/dev/null
buildah rmi --prune >/dev/null 2>&1 || true
