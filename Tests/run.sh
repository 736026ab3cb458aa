#!/usr/bin/env bash
# Runs one kind of tests (unit, bad-days, e2e, bench or attack) with the cluster it needs, and takes the cluster down whatever happens.
# "bad-days short" runs those that take a minute. "sweep" removes what killed runs left behind, as every run does when it begins.
# KUBECONFIG names another cluster to run against; KUBE_ASSETS other Kubernetes binaries to make one from, ETCD another etcd.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source-path=SCRIPTDIR source=Cluster/lib.sh
source Tests/Cluster/lib.sh
# shellcheck source-path=SCRIPTDIR source=runs.sh
source Tests/runs.sh
here=Tests/Cluster
kind=${1-}
name=swiftlet-$kind-$$

tell() { say "==> $*"; }

# Ends the run with everything it started. Interrupted, it does the same.
begin() {
    begin_run "$kind"
    trap end_run EXIT
    trap 'exit 130' INT TERM HUP
}

bring_up() {
    if [[ -n ${KUBECONFIG:-} ]]; then
        tell "using the cluster of KUBECONFIG=$KUBECONFIG"
        return
    fi
    tell "bringing up a $1 cluster"
    KUBECONFIG=$("$here/up.sh" "$1" --name "$name" | tail -n 1)
    export KUBECONFIG
}

# The newest program of a name that deps.sh put into the cache.
cached() { find "$CACHE/$1" -name "$1" -type f -perm -u+x | sort -V | tail -n 1; }

# Tests that run a program are skipped without it.
export_programs() {
    SWIFTLET_KUBECTL=$(cached kubectl)
    SWIFTLET_ENVOY=$(cached envoy)
    SWIFTLET_HELM=$(cached helm)
    SWIFTLET_PROMTOOL=$DEB_ROOT/usr/bin/promtool
    export SWIFTLET_KUBECTL SWIFTLET_ENVOY SWIFTLET_HELM SWIFTLET_PROMTOOL
}

# The program that "swift test" runs, without planning a build for each part, and without its lock, for which a build in this checkout would wait.
tests=.build/debug/swiftletPackageTests.xctest
run_tests() {
    [[ -x $tests ]] || fail "there is no $tests: make build builds it"
    [[ -t 1 ]] || export NO_COLOR=1
    "$tests" --testing-library swift-testing "$@"
}

# phase NAME WIDTH ARGUMENTS...: a part of the tests in a process of its own, of which so many run side by side. The others are run although it fails.
#
# Without a width, a process begins all of its tests at once; whatever a test or a server in it waits for then comes after everything that all others
# have to compute, on as many threads as there are processors.
failed=()
phase() {
    local start=$SECONDS
    tell "$1"
    if SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$2 run_tests "${@:3}"; then
        tell "$1: passed in $((SECONDS - start)) s"
    else
        failed+=("$1")
        tell "$1: FAILED after $((SECONDS - start)) s"
    fi
}

all_passed() {
    [[ ${#failed[@]} == 0 ]] || { tell "failed: ${failed[*]}" && exit 1; }
}

# as_filter: a regular expression for all tests of the suites that are read, one "Module Suite" a line.
as_filter() {
    local suites
    suites=$(sort -u | sed 's/ /\\./' | paste -s -d '|')
    [[ -n $suites ]] || fail "a part of the tests is empty"
    printf '^(%s)[/.]' "$suites"
}

# suites_with PATTERN: the suites in whose @Suite there is something.
suites_with() {
    local file
    grep -rlE "$1" Tests --include='*.swift' | while read -r file; do
        awk -v module="$(cut -d / -f 2 <<<"$file")" -v pattern="$1" '
            /^@Suite\(/ { suite = ""; inside = 1 }
            inside { suite = suite " " $0 }
            inside && match($0, /(struct|enum|class|actor) +[A-Za-z0-9_]+/) {
                name = substr($0, RSTART, RLENGTH)
                sub(/.* /, "", name)
                if (suite ~ pattern) print module, name
                inside = 0
            }' "$file"
    done
}

# suites_in PATTERN: the suites in files whose path matches.
suites_in() {
    local file
    grep -rl '@Test' Tests --include='*.swift' | grep -E "$1" | while read -r file; do
        awk -v module="$(cut -d / -f 2 <<<"$file")" '
            match($0, /^(@Suite(\(.*\))? +)?(final +)?(struct|enum|class|actor|extension) +[A-Za-z0-9_]+/) {
                name = substr($0, RSTART, RLENGTH)
                sub(/.* /, "", name)
                print module, name
            }' "$file"
    done
}

case $kind in
    unit)
        begin
        export_programs
        # Tests of iptables rules make network namespaces, which takes root.
        if [[ $(id -u) == 0 ]]; then export SWIFTLET_NETNS=1; fi
        # What computes for seconds without a pause, and needs nothing but that: the domain, and what simulates or generates.
        pure='^((JSON|YAML|KubeModel|KubeApply|SwiftletAPI|WebServers|Dataplanes|TrafficPolicy|Injection|EnvoyAPI|EnvoyConfig)Tests\.'
        pure+='|[A-Za-z]*Tests\.[A-Za-z]*(Simulation|Machine|MachineModel|Random|Property|Wire|Work)Tests/)'
        clustered=$(suites_with '(TestCluster|RealCluster)\.isThere' | as_filter)
        # Servers and clients on real sockets, and real programs, with limits of their own to keep.
        timed=$({
            suites_in '^Tests/(KubeTransportTests/[^/]*|[A-Za-z]*Tests/(Server|Health|Envoy)/.*)$'
            suites_with '(Envoy|RealEnvoy|EnvoyProcess|EnvoyProgram|PodNetwork)\.isThere'
        } | as_filter)
        others='^(EndToEndTests|ChartTests)\.'
        processors=$(nproc)
        Tests/scripts.sh || failed+=("tests of the scripts")
        phase "tests that compute" $((2 * processors)) --filter "$pure" --skip "$clustered" --skip "$timed"
        phase "tests that wait" $((4 * processors)) --skip "$pure" --skip "$clustered" --skip "$timed" --skip "$others"
        phase "tests of servers and programs" $((2 * processors)) --filter "$timed" --skip "$clustered"
        # They start a few hundred programs.
        phase "tests of the chart" $((2 * processors)) --filter '^ChartTests\.'
        bring_up light
        export SWIFTLET_TEST_KUBECONFIG=$KUBECONFIG
        phase "integration tests" $((4 * processors)) --filter "$clustered"
        all_passed
        ;;
    bad-days)
        # They do to processes of the cluster what nobody wants done to another one.
        unset KUBECONFIG
        begin
        bring_up light
        export SWIFTLET_BAD_DAYS=1 SWIFTLET_TEST_KUBECONFIG=$KUBECONFIG
        if [[ ${2-} == short ]]; then
            run_tests --filter 'BadDays.(Quotas|ServerFaults)'
            exit
        fi
        # Side by side, each in a namespace of its own; then those that concern the whole cluster.
        run_tests --filter BadDays
        run_tests --filter BadClusterDays
        ;;
    e2e)
        begin
        bring_up full
        export_programs
        # On a node of our own, pods reach what listens on this address of the machine.
        if [[ -e /sys/class/net/swiftlet0 ]]; then
            SWIFTLET_HOST_ADDRESS=$HOST_ADDRESS
            export SWIFTLET_HOST_ADDRESS
        fi
        # Our own servers write down what the operator asks them for.
        log=$(dirname "$KUBECONFIG")/logs/audit.log
        # The log itself is made with its first entry.
        if [[ -e $(dirname "$KUBECONFIG")/audit-policy.yaml ]]; then export SWIFTLET_AUDIT_LOG=$log; fi
        export SWIFTLET_E2E_KUBECONFIG=$KUBECONFIG SWIFTLET_LOAD=$PWD/$here/load.sh
        run_tests --filter EndToEndTests --skip EndToEndTests.InstallTests
        # An installation looks after the whole cluster, which it has for itself.
        run_tests --filter EndToEndTests.InstallTests
        ;;
    bench)
        # The mesh is measured on a server that nothing else was measured on, so that its figures are its own.
        if [[ $# == 1 && -z ${KUBECONFIG:-} ]]; then
            Tests/run.sh bench --only a,b,c,d,g
            exec Tests/run.sh bench --only e,f
        fi
        begin
        bring_up bare
        .build-release/release/swiftlet-bench --kubeconfig "$KUBECONFIG" "${@:2}"
        ;;
    attack)
        begin
        bring_up bare
        .build-release/release/swiftlet-bench --kubeconfig "$KUBECONFIG" --only g \
            --attacker Tests/Attack/attacker.py --attack-seconds "${SWIFTLET_ATTACK_SECONDS:-300}"
        ;;
    sweep)
        sweep_runs
        ;;
    *)
        echo "usage: $0 unit|bad-days|e2e|bench|attack|sweep" >&2
        exit 2
        ;;
esac
