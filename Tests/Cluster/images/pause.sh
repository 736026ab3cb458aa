# The container that holds a pod's namespaces: it waits, and reaps what is orphaned.
# shellcheck shell=bash disable=SC2034
REFERENCES=(local/pause:1)
CONFIG='{ "Entrypoint": ["/pause"] }'

fill() {
    gcc -static -Os -s -o "$1/pause" -x c - <<'EOF'
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(int signal) { _exit(0); }
static void reap(int signal) {
    while (waitpid(-1, 0, WNOHANG) > 0) {}
}

int main(void) {
    signal(SIGINT, leave);
    signal(SIGTERM, leave);
    signal(SIGCHLD, reap);
    for (;;) pause();
}
EOF
}
