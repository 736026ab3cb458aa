# This checkout's swiftlet (SWIFTLET_BINARY names another one) with the tools that transparent-proxy needs.
# shellcheck shell=bash disable=SC2034
REFERENCES=(swiftlet/swiftlet:dev)
CONFIG='{
    "Entrypoint": ["/usr/local/bin/swiftlet"],
    "Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
}'
FILES=("$(realpath -m "${SWIFTLET_BINARY:-$HERE/../../.build/debug/swiftlet}")")

fill() {
    add_program "$1" "${FILES[0]}" /usr/local/bin/swiftlet
    # Names of functions stay, for traces; what debuggers read is most of a debug build and goes.
    strip --strip-debug "$1/usr/local/bin/swiftlet"
    add_iptables "$1"
    add_user "$1" swiftlet 65532
    mkdir -p "$1/tmp" "$1/run"
    chmod 1777 "$1/tmp"
}

# Both kinds, on nf_tables under the usual names. Their matches and targets are libraries that are loaded by name.
add_iptables() {
    local kind family tool modules
    for kind in nft legacy; do
        add_program "$1" "/usr/sbin/xtables-$kind-multi" "/usr/sbin/xtables-$kind-multi"
        for family in iptables ip6tables; do
            for tool in "" -save -restore; do
                ln -s "xtables-$kind-multi" "$1/usr/sbin/$family-$kind$tool"
                [[ $kind != nft ]] || ln -s "xtables-$kind-multi" "$1/usr/sbin/$family$tool"
            done
        done
    done
    modules=$(echo /usr/lib/*/xtables)
    mkdir -p "$1$modules"
    cp "$modules"/*.so "$1$modules/"
}
