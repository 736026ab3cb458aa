#!/usr/bin/env bash
# Sends requests at a steady rate and counts the answers; needs no cluster, and works from the machine into one:
#
#   load.sh http://<cluster IP>:4000/hw2 --rate 200 --seconds 10
#
# --requests N instead of --seconds; --concurrency C (8); --every S prints a line each S seconds; --close makes a new
# connection for each request; --header LINE, --host NAME. Without --rate: as fast as it goes. SIGTERM ends it early. It
# ends 1 when a request failed, which is every answer but a 2xx. The totals, one a line, are a number and what it counts:
#
#   1801 body Hello World, Benigno
#   0 failed
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
exec "$(hello_program)" load "$@"
