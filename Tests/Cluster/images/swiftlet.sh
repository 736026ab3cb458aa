# The product's image, from the Containerfile: with this checkout's debug build, or SWIFTLET_BINARY. "next" is another name of the same, to
# have something to upgrade to; the version is the one that the chart names by default.
# shellcheck shell=bash disable=SC2034
REFERENCES=(swiftlet/swiftlet:dev swiftlet/swiftlet:next
    "swiftlet/swiftlet:$(sed -n 's/^appVersion: //p' "$HERE/../../manifests/swiftlet/Chart.yaml")")
FILES=("$(realpath -m "${SWIFTLET_BINARY:-$HERE/../../.build/debug/swiftlet}")" "$HERE/../../Containerfile" "$HERE/product-image.sh")

archive() { "$HERE/product-image.sh" "${FILES[0]}" "$1"; }
