# Envoy as its makers ship it, without an agent. A shell and a few small tools are there, as they are in the well-known
# image; nothing that could fetch a page, as it has none either.
# shellcheck shell=bash disable=SC2034
REFERENCES=(envoyproxy/envoy:v1.40.0 envoyproxy/envoy:v1.40-latest envoyproxy/envoy:latest)
CONFIG='{
    "Entrypoint": ["/docker-entrypoint.sh"],
    "Cmd": ["envoy", "-c", "/etc/envoy/envoy.yaml"],
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    "ExposedPorts": { "10000/tcp": {} }
}'

fill() {
    local tool
    add_program "$1" "$ENVOY" /usr/local/bin/envoy
    install -D "$DEB_ROOT/bin/busybox" "$1/bin/busybox"
    for tool in sh cat echo env false id kill ls mkdir ps sleep test true; do ln -s busybox "$1/bin/$tool"; done
    add_user "$1" envoy 101
    mkdir -p "$1/tmp" "$1/etc/envoy"
    chmod 1777 "$1/tmp"
    cat >"$1/docker-entrypoint.sh" <<'END'
#!/bin/sh
case $1 in -*) set -- envoy "$@" ;; esac
exec "$@"
END
    chmod 755 "$1/docker-entrypoint.sh"
}
