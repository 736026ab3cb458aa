# What the cluster scripts share: where things lie, and how processes are started, awaited and ended.
# shellcheck shell=bash disable=SC2034

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=versions.env
source "$HERE/versions.env"

CACHE=$(realpath -m "${SWIFTLET_CACHE:-$HOME/.cache/swiftlet}")
# The folder of Kubernetes binaries in use: somebody's own, or what deps.sh builds.
KUBE_BIN=$(realpath -m "${KUBE_ASSETS:-$CACHE/kubernetes/$KUBERNETES_VERSION}")
KUBECTL=$CACHE/kubectl/$KUBECTL_VERSION/kubectl
NGINX=$CACHE/nginx/$NGINX_VERSION/nginx
ENVOY=$CACHE/envoy/$ENVOY_VERSION/envoy
HELM=$CACHE/helm/$HELM_VERSION/helm
DEB_ROOT=$CACHE/debian
# Images that were built, as a registry keeps them.
REGISTRY=$CACHE/registry

# Progress goes to standard error: the standard output of up.sh is for programs.
say() { printf '%s\n' "$*" >&2; }
fail() {
    say "error: $*"
    exit 1
}

# Reads "[--name NAME] [--dir DIR]" into NAME and STATE, the folder that holds all of one cluster.
read_cluster_options() {
    NAME=swiftlet
    STATE=
    while [[ $# != 0 ]]; do
        case $1 in
            --name) NAME=${2:?--name wants a name} ;;
            --dir) STATE=${2:?--dir wants a folder} ;;
            *) fail "unknown argument $1" ;;
        esac
        shift 2
    done
    [[ $NAME =~ ^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$ ]] || fail "a cluster's name is a DNS label of at most 32 characters: $NAME"
    STATE=${STATE:-$CACHE/clusters/$NAME}
}

# Whether a program knows a flag. Asked of the program, because versions differ and hidden flags are not in its help.
accepts() { "$1" "$2" "${3:---help}" >/dev/null 2>&1; }

# The flags among "$2"... that program "$1" knows, in FLAGS.
keep_accepted() {
    local program=$1 flag
    shift
    FLAGS=()
    for flag in "$@"; do
        if accepts "$program" "$flag"; then FLAGS+=("$flag"); fi
    done
}

# The minor version of a program of Kubernetes: 20 of "Kubernetes v1.20.2".
minor_version() {
    local version
    version=$("$1" --version 2>/dev/null) || true
    [[ $version =~ v1\.([0-9]+) ]] || fail "$1 --version tells no version of Kubernetes: ${version:-nothing}"
    printf '%s' "${BASH_REMATCH[1]}"
}

# Whether a kubelet knows the field failCgroupV1 of its configuration. From 1.31 on it does, and refuses control groups of version 1 unless it is
# false; older ones refuse a configuration with a field that they do not know.
knows_fail_cgroup_v1() { [[ $(minor_version "$1") -ge 31 ]]; }

# The moment at which process "$1" was started, in clock ticks since boot; with the id it names a process for good.
started_at() {
    local stat
    stat=$(<"/proc/$1/stat") 2>/dev/null || return 1
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    printf '%s' "${20}"
}

# start NAME COMMAND...: runs a command in the background, detached, with its output in $STATE/logs/NAME.log. The
# process records itself before it becomes the command, so that an interrupted start leaves nothing unknown; the
# command is kept for process.sh.
start() {
    local name=$1
    shift
    mkdir -p "$STATE/logs" "$STATE/pids" "$STATE/commands"
    printf '%q ' "$@" >"$STATE/commands/$name"
    # shellcheck disable=SC2016
    setsid bash -c '
        stat=$(<"/proc/$$/stat")
        set -- "$1" "${stat##*) }" "${@:2}"
        read -ra fields <<<"$2"
        echo "$$ ${fields[19]}" >"$1"
        exec "${@:3}"' start "$STATE/pids/$name" "$@" </dev/null >>"$STATE/logs/$name.log" 2>&1 &
    disown
}

# The id of the process recorded under a name, as long as it is that process which lives.
recorded_pid() {
    local id at
    [[ -f $STATE/pids/$1 ]] && read -r id at <"$STATE/pids/$1" || return 1
    [[ $(started_at "$id" 2>/dev/null) == "$at" ]] || return 1
    printf '%s' "$id"
}

# The living processes of the session that the process recorded under a name leads or led.
session_of() {
    local id at
    [[ -f $STATE/pids/$1 ]] && read -r id at <"$STATE/pids/$1" || return 0
    # An id is not given away while its session lives: another process under it means that the session is gone.
    [[ ! -e /proc/$id || $(started_at "$id" 2>/dev/null) == "$at" ]] || return 0
    ps -o pid=,stat= -s "$id" | awk '$2 !~ /^Z/ { print $1 }'
}

# Ends what was started under these names, with children, at once: what a test cluster holds need not be saved.
stop() {
    local name members
    for name in "$@"; do
        mapfile -t members < <(session_of "$name")
        kill -9 "${members[@]}" 2>/dev/null || true
    done
    for name in "$@"; do
        while [[ -n $(session_of "$name") ]]; do sleep 0.02; done
        rm -f "$STATE/pids/$name"
    done
}

# Where the logs will be found: up.sh moves them when the cluster does not come up.
logs_kept() { printf '%s' "${FAILED_LOGS:-$STATE/logs}"; }

# show_log NAME: the end of a log, with its name.
show_log() {
    local log=$STATE/logs/$1.log
    [[ -s $log ]] || { say "$1 wrote no log" && return; }
    say "---- the end of $1.log:"
    tail -n 20 "$log" >&2
    say "----"
}

# "NAME STATUS" of the process that is to blame when the one recorded under a name has ended: the node tells which of its daemons did.
ended_of() {
    if [[ $1 == node && -s $STATE/node/ended ]]; then cat "$STATE/node/ended"; else echo "$1"; fi
}

# first_ended NAME: the process that has ended, if it is the one recorded under NAME; while a cluster comes up, any, and of several the one that was
# started first, on which the others depend.
first_ended() {
    local name names=("$1")
    [[ -z ${FAILED_LOGS-} ]] || mapfile -t names < <(ls -tr "$STATE/pids" 2>/dev/null)
    for name in "${names[@]}"; do
        # A record that is empty is being written.
        if [[ -s $STATE/pids/$name ]] && ! recorded_pid "$name" >/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

# await SECONDS WHAT NAME COMMAND...: polls until the command succeeds; gives up at the deadline, or at once when the
# process recorded under NAME has ended, see first_ended. On a busy machine the deadline is later.
await() {
    local limit=$1 what=$2 name=$3 start=$SECONDS waited ended daemon status
    shift 3
    until "$@" >/dev/null 2>&1; do
        if ended=$(first_ended "$name"); then
            read -r daemon status < <(ended_of "$ended")
            show_log "$daemon"
            fail "$daemon ended${status:+ with status $status} while waiting for: $what; its log is $(logs_kept)/$daemon.log"
        fi
        waited=$((SECONDS - start))
        if [[ $waited -ge $limit && $waited -ge $((limit * $(patience))) ]]; then
            # Of what runs on the node, the kubelet is the one that waits for all others.
            daemon=$name
            [[ $name != node ]] || daemon=kubelet
            show_log "$daemon"
            fail "$what: not within $waited s; the logs are in $(logs_kept)"
        fi
        sleep 0.1
    done
}

# By how much deadlines are later than usual, a whole number from 1 to 10: SWIFTLET_PATIENCE, or how many processes want to run for each processor.
patience() {
    local load factor
    read -r load _ </proc/loadavg
    factor=$((${load%.*} / $(nproc) + 1))
    [[ ${SWIFTLET_PATIENCE:-0} -le $factor ]] || factor=$SWIFTLET_PATIENCE
    printf '%s' $((factor < 10 ? factor : 10))
}

# Sets PORTS to "$1" free TCP ports, below the kernel's ephemeral ports and Kubernetes' node ports.
free_ports() {
    local taken port
    taken=" $(awk 'FNR > 1 { split($2, at, ":"); print at[length(at)] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u | tr '\n' ' ') "
    PORTS=()
    while [[ ${#PORTS[@]} -lt $1 ]]; do
        port=$((20000 + RANDOM % 10000))
        [[ $taken == *" $(printf '%04X' "$port") "* || " ${PORTS[*]-} " == *" $port "* ]] || PORTS+=("$port")
    done
}

# hello_program: builds images/hello.c unless that is done, and prints the program's path.
hello_program() {
    local source=$HERE/images/hello.c program
    program=$CACHE/hello/$(sha256sum "$source" | cut -c 1-16)/hello
    if [[ ! -x $program ]]; then
        rm -rf "$CACHE/hello"
        mkdir -p "$(dirname "$program")"
        gcc -O2 -s -Wall -Wextra -Werror -o "$program.$$" "$source" && mv "$program.$$" "$program"
    fi
    printf '%s' "$program"
}

# write_registry_configuration FILE PORT: serves the images of the cache on loopback.
write_registry_configuration() {
    cat >"$1" <<EOF
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: "$REGISTRY/data" }, maintenance: { uploadpurging: { enabled: false } } }
http: { addr: "127.0.0.1:$2" }
EOF
}
