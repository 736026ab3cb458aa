#!/usr/bin/env bash
# Runs the tests again and again while the machine is busy with something else, and tells how long each run took. Ends 1 when one of them failed.
#
#   stress.sh [--times N] [--share S] [--minutes M] [-- COMMAND...]
#
# N runs (3) of COMMAND ("make test"), each of at most M minutes (60), beside so much work that the tests have one S-th (3) of the processors: for
# each processor S - 1 busy loops, and one process that writes and syncs files.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source-path=SCRIPTDIR source=Cluster/lib.sh
source Tests/Cluster/lib.sh

times=3 share=3 minutes=60
while [[ $# != 0 && $1 != -- ]]; do
    case $1 in
        --times) times=$2 ;;
        --share) share=$2 ;;
        --minutes) minutes=$2 ;;
        *) fail "usage: stress.sh [--times N] [--share S] [--minutes M] [-- COMMAND...]" ;;
    esac
    shift 2
done
shift || true
command=("$@")
[[ ${#command[@]} != 0 ]] || command=(make test)
command -v stress-ng >/dev/null || fail "there is no stress-ng: Tests/Cluster/deps.sh stress installs it"

files=$(mktemp -d)
stress-ng --quiet --cpu $((($(nproc)) * (share - 1))) --hdd 1 --hdd-bytes 64M --temp-path "$files" &
stress=$!
end() {
    kill "$stress" 2>/dev/null || true
    wait "$stress" 2>/dev/null || true
    rm -rf "$files"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

results=()
status=0
for ((run = 1; run <= times; run++)); do
    start=$SECONDS
    result=passed
    timeout --foreground --kill-after=60 "$((minutes * 60))" "${command[@]}" || { result="FAILED ($?)" && status=1; }
    kill -0 "$stress" 2>/dev/null || { result+=", without stress: stress-ng ended" && status=1; }
    results+=("run $run of $times: $result in $((SECONDS - start)) s, load $(cut -d ' ' -f 1-2 /proc/loadavg)")
    say "==> ${results[-1]}"
done
printf '%s\n' "${results[@]}"
exit "$status"
