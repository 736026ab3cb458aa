// The programs of the mesh tutorial, and a client that counts what they answer. One program:
//
//   hello serve PORT GREETING           answers "GREETING: <time>" on every path
//   hello call PORT URL                 the same, but on /hw2 calls URL over a new connection and passes its answer on
//   hello load URL [option...]          sends requests and counts the answers
//
// Both servers also know /echo (the request's head as it arrived) and, on any path, ?ms=N (answer N milliseconds later).
// Answers carry X-Hostname, the pod's name, and those of /hw2 X-Upstream-Hostname. On SIGTERM they go on accepting for
// DRAIN_MS (default 1500), since others learn of a pod's end late, ask for connections to be closed, answer what is
// under way, and end with 0.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_LIMIT = 64 * 1024, BODY_LIMIT = 1024 * 1024 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void sleep_until(double moment) {
    double left = moment - now();
    if (left <= 0) return;
    struct timespec time = {(time_t)left, (long)((left - (time_t)left) * 1e9)};
    nanosleep(&time, NULL);
}

static void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("hello: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static void start_thread(void *(*body)(void *), void *argument) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    int error = pthread_create(&thread, &attributes, body, argument);
    if (error) die("thread: %s", strerror(error));
    pthread_attr_destroy(&attributes);
}

// ---- Messages of HTTP/1.1, both ways

struct message {
    char *bytes;       // head and body, with a zero at the end
    size_t room;       // bytes there may be, without that zero
    size_t head, used; // bytes of the head, its empty line included; bytes in all that were read
    size_t body;       // bytes of the body
    bool close;        // the peer ends the connection after it
};

static bool send_all(int socket, const char *bytes, size_t count) {
    while (count) {
        ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes += sent;
        count -= (size_t)sent;
    }
    return true;
}

static ssize_t receive(int socket, char *bytes, size_t room) {
    ssize_t count;
    do count = recv(socket, bytes, room, 0);
    while (count < 0 && errno == EINTR);
    return count;
}

// The value of a header, up to its line's end; NULL without one.
static const char *header(const struct message *message, const char *name) {
    size_t length = strlen(name);
    const char *line = message->bytes, *end = message->bytes + message->head;
    while ((line = memchr(line, '\n', (size_t)(end - line))) && ++line < end) {
        if (!strncasecmp(line, name, length) && line[length] == ':') {
            for (line += length + 1; *line == ' '; line++) {}
            return line;
        }
    }
    return NULL;
}

static bool has_token(const char *value, const char *token) {
    if (!value) return false;
    size_t length = strlen(token);
    for (; *value && *value != '\r' && *value != '\n'; value++)
        if (!strncasecmp(value, token, length)) return true;
    return false;
}

static void make_room(struct message *message, size_t room) {
    if (message->room >= room) return;
    message->bytes = realloc(message->bytes, room + 1);
    if (!message->bytes) die("out of memory");
    message->room = room;
}

// Reads until there are so many bytes.
static bool read_up_to(int socket, struct message *message, size_t wanted, const char **problem) {
    make_room(message, wanted);
    while (message->used < wanted) {
        ssize_t count = receive(socket, message->bytes + message->used, wanted - message->used);
        if (count <= 0) {
            *problem = count ? strerror(errno) : "closed within a message";
            return false;
        }
        message->used += (size_t)count;
        message->bytes[message->used] = 0;
    }
    return true;
}

// Reads chunk by chunk and leaves the body alone behind the head.
static bool read_chunks(int socket, struct message *message, const char **problem) {
    size_t at = message->head, end = message->head;
    for (;;) {
        char *line;
        while (!(line = memmem(message->bytes + at, message->used - at, "\r\n", 2)))
            if (message->used - at > 1024 || !read_up_to(socket, message, message->used + 1, problem)) return false;
        size_t size = strtoul(message->bytes + at, NULL, 16), start = (size_t)(line - message->bytes) + 2;
        if (size > BODY_LIMIT || end - message->head + size > BODY_LIMIT) {
            *problem = "body too large";
            return false;
        }
        if (message->used < start + size + 2 && !read_up_to(socket, message, start + size + 2, problem)) return false;
        memmove(message->bytes + end, message->bytes + start, size);
        end += size;
        at = start + size + 2;
        if (size == 0) break; // trailers are not expected
    }
    message->body = end - message->head;
    message->used = end;
    return true;
}

// Reads one message; what was read beyond the last one stays in it. False with a problem, or with none when the peer
// closed the connection between messages.
static bool read_message(int socket, struct message *message, bool response, const char **problem) {
    size_t before = message->head + message->body;
    *problem = NULL;
    make_room(message, HEAD_LIMIT);
    memmove(message->bytes, message->bytes + before, message->used - before);
    message->used -= before;
    message->head = message->body = 0;
    message->bytes[message->used] = 0;
    char *end;
    while (!(end = memmem(message->bytes, message->used, "\r\n\r\n", 4))) {
        if (message->used >= HEAD_LIMIT) {
            *problem = "head too large";
            return false;
        }
        ssize_t count = receive(socket, message->bytes + message->used, HEAD_LIMIT - message->used);
        if (count <= 0) {
            if (count < 0) *problem = strerror(errno);
            else if (message->used || response) *problem = "closed without an answer";
            return false;
        }
        message->used += (size_t)count;
        message->bytes[message->used] = 0;
    }
    message->head = (size_t)(end - message->bytes) + 4;
    message->close = has_token(header(message, "Connection"), "close") || !memcmp(message->bytes, "HTTP/1.0", 8);
    if (has_token(header(message, "Transfer-Encoding"), "chunked")) return read_chunks(socket, message, problem);
    const char *length = header(message, "Content-Length");
    message->body = length ? strtoul(length, NULL, 10) : 0;
    if (message->body > BODY_LIMIT) {
        *problem = "body too large";
        return false;
    }
    if (message->used < message->head + message->body) 
        return read_up_to(socket, message, message->head + message->body, problem);
    return true;
}

// ---- Connections

struct target {
    char host[256], port[8], path[1024];
};

static struct target parse_url(const char *url) {
    struct target target = {"", "80", "/"};
    char authority[300] = "";
    if (sscanf(url, "http://%299[^/]%1023s", authority, target.path) < 1) die("not an http URL: %s", url);
    char *colon = strrchr(authority, ':');
    if (colon) {
        *colon = 0;
        snprintf(target.port, sizeof target.port, "%s", colon + 1);
    }
    snprintf(target.host, sizeof target.host, "%s", authority);
    return target;
}

// One name, asked for at most once a second: a second is soon enough for a name that moved.
static bool resolve(const struct target *target, struct sockaddr_in *address, const char **problem) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct sockaddr_in known;
    static double known_until;
    pthread_mutex_lock(&lock);
    if (now() >= known_until) {
        struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
        int error = getaddrinfo(target->host, target->port, &hints, &found);
        if (error) {
            pthread_mutex_unlock(&lock);
            *problem = gai_strerror(error);
            return false;
        }
        memcpy(&known, found->ai_addr, sizeof known);
        freeaddrinfo(found);
        known_until = now() + 1;
    }
    *address = known;
    pthread_mutex_unlock(&lock);
    return true;
}

static int connect_to(const struct target *target, const char **problem) {
    struct sockaddr_in address;
    if (!resolve(target, &address, problem)) return -1;
    int yes = 1, connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {10, 0};
    if (connection >= 0) {
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (!connect(connection, (struct sockaddr *)&address, sizeof address)) return connection;
    }
    *problem = strerror(errno);
    if (connection >= 0) close(connection);
    return -1;
}

// ---- The servers

static const char *greeting;
static struct target upstream;
static char hostname[HOST_NAME_MAX + 1];
static atomic_bool draining;
static atomic_int under_way;
static int wake[2];

static void on_term(int signal) {
    (void)signal;
    atomic_store(&draining, true);
    if (write(wake[1], "", 1) < 0) return;
}

static bool answer(int socket, const char *status, const char *extra, const char *body, size_t length, bool close) {
    char head[1024];
    int size = snprintf(head, sizeof head,
        "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nX-Hostname: %s\r\n%s%s\r\n", status, length,
        hostname, extra, close ? "Connection: close\r\n" : "");
    char *whole = malloc((size_t)size + length);
    if (!whole) die("out of memory");
    memcpy(whole, head, (size_t)size);
    memcpy(whole + size, body, length);
    bool sent = send_all(socket, whole, (size_t)size + length);
    free(whole);
    return sent;
}

// Calls the upstream over a new connection and passes on what it answers.
static bool call(int socket, bool close_after) {
    char request[1600], text[512], extra[400] = "";
    const char *problem = NULL, *step = "connect";
    struct message reply = {0};
    bool sent;
    int connection = connect_to(&upstream, &problem);
    if (connection >= 0) {
        int size = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n",
            upstream.path, upstream.host, upstream.port);
        step = "answer";
        if (!send_all(connection, request, (size_t)size)) problem = strerror(errno);
        else if (!read_message(connection, &reply, true, &problem) && !problem) problem = "none";
        close(connection);
    }
    int status = problem ? 0 : atoi(reply.bytes + 9);
    if (problem || status != 200) {
        int size = problem ? snprintf(text, sizeof text, "%s:%s: %s: %s\n", upstream.host, upstream.port, step, problem)
                           : snprintf(text, sizeof text, "%s:%s answered %d: %.*s\n", upstream.host, upstream.port, status,
                                 (int)(reply.body < 300 ? reply.body : 300), reply.bytes + reply.head);
        static _Atomic time_t complained;
        if (atomic_exchange(&complained, time(NULL)) != time(NULL)) fprintf(stderr, "%s", text);
        sent = answer(socket, "502 Bad Gateway", "", text, (size_t)size, close_after);
    } else {
        const char *name = header(&reply, "X-Hostname");
        if (name) snprintf(extra, sizeof extra, "X-Upstream-Hostname: %.*s\r\n", (int)strcspn(name, "\r\n"), name);
        sent = answer(socket, "200 OK", extra, reply.bytes + reply.head, reply.body, close_after);
    }
    free(reply.bytes);
    return sent;
}

static bool respond(int socket, const struct message *request, bool close) {
    char path[1024] = "", text[512];
    sscanf(request->bytes, "%*31s %1023s", path);
    char *query = strchr(path, '?'), *delay = query ? strstr(query, "ms=") : NULL;
    if (delay) sleep_until(now() + (double)strtoul(delay + 3, NULL, 10) / 1000);
    if (query) *query = 0;
    if (!strcmp(path, "/echo")) return answer(socket, "200 OK", "", request->bytes, request->head, close);
    if (upstream.host[0] && !strcmp(path, "/hw2")) return call(socket, close);
    time_t seconds = time(NULL);
    struct tm parts;
    char moment[64];
    strftime(moment, sizeof moment, "%Y-%m-%d %H:%M:%S", gmtime_r(&seconds, &parts));
    int size = snprintf(text, sizeof text, "%s: %s\n", greeting, moment);
    return answer(socket, "200 OK", "", text, (size_t)size, close);
}

static void *converse(void *argument) {
    int yes = 1, socket = (int)(intptr_t)argument;
    struct message request = {0};
    const char *problem;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    while (read_message(socket, &request, false, &problem)) {
        atomic_fetch_add(&under_way, 1);
        bool last = request.close || atomic_load(&draining);
        bool sent = respond(socket, &request, last);
        atomic_fetch_sub(&under_way, 1);
        if (!sent || last) break;
    }
    if (problem && !strncmp(problem, "body", 4)) answer(socket, "413 Content Too Large", "", "", 0, true);
    close(socket);
    free(request.bytes);
    return NULL;
}

static void accept_one(int listener) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (connection >= 0) start_thread(converse, (void *)(intptr_t)connection);
}

static int serve(const char *port) {
    int yes = 1, listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)atoi(port))};
    struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = any.sin6_port};
    struct sockaddr *address = (struct sockaddr *)&any;
    socklen_t size = sizeof any;
    if (listener < 0) { // a kernel without IPv6
        listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        address = (struct sockaddr *)&any4;
        size = sizeof any4;
    }
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, address, size) || listen(listener, 1024)) die("port %s: %s", port, strerror(errno));
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK)) die("pipe: %s", strerror(errno));
    gethostname(hostname, sizeof hostname);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_term);
    signal(SIGINT, on_term);
    fprintf(stderr, "%s: listening on %s\n", greeting, port);

    struct pollfd events[2] = {{listener, POLLIN, 0}, {wake[0], POLLIN, 0}};
    while (!atomic_load(&draining)) {
        if (poll(events, 2, -1) > 0 && events[0].revents) accept_one(listener);
    }
    const char *drain = getenv("DRAIN_MS");
    double end = now() + (drain ? atof(drain) : 1500) / 1000;
    while (now() < end) {
        if (poll(events, 1, (int)((end - now()) * 1000) + 1) > 0) accept_one(listener);
    }
    while (poll(events, 1, 0) > 0) accept_one(listener);
    close(listener);
    for (double quiet = now(), limit = now() + 20; now() < quiet + 0.1 && now() < limit; usleep(10000))
        if (atomic_load(&under_way)) quiet = now();
    return 0;
}

// ---- The client

enum { KINDS = 64, SAMPLES = 1 << 20 };

static struct {
    struct target target;
    char request[4096];
    double rate, seconds, every, start;
    long limit;
    int concurrency;
    bool close;
} load = {.concurrency = 8, .seconds = 10};

static struct {
    pthread_mutex_t lock;
    struct kind {
        char text[128];
        long count, shown;
    } kinds[KINDS];
    int used;
    long answers, failures, answers_shown;
    float latencies[SAMPLES];
} totals = {.lock = PTHREAD_MUTEX_INITIALIZER};

static atomic_long tickets;
static atomic_bool stopped;
static atomic_int workers;

static void on_stop(int signal) {
    (void)signal;
    atomic_store(&stopped, true);
}

static void count(const char *text) {
    int at = 0;
    while (at < totals.used && strcmp(totals.kinds[at].text, text)) at++;
    if (at == KINDS) return;
    if (at == totals.used) snprintf(totals.kinds[totals.used++].text, sizeof totals.kinds[at].text, "%s", text);
    totals.kinds[at].count++;
}

static void note(const struct message *reply, const char *step, const char *problem, double taken) {
    char text[128];
    pthread_mutex_lock(&totals.lock);
    bool failed = problem != NULL;
    if (problem) {
        snprintf(text, sizeof text, "error %s: %s", step, problem);
        count(text);
    } else {
        int status = atoi(reply->bytes + 9);
        failed = status < 200 || status > 299;
        snprintf(text, sizeof text, "status %d", status);
        count(text);
        // What distinguishes one answer from another comes before the first colon; the moment comes after it.
        const char *body = reply->bytes + reply->head;
        size_t length = failed ? strcspn(body, "\r\n") : strcspn(body, ":\r\n");
        if (length > reply->body) length = reply->body;
        snprintf(text, sizeof text, "body %.*s", (int)(length < 100 ? length : 100), body);
        count(text);
    }
    totals.latencies[totals.answers++ % SAMPLES] = (float)taken;
    if (failed) totals.failures++;
    pthread_mutex_unlock(&totals.lock);
}

static void *work(void *argument) {
    (void)argument;
    int connection = -1;
    struct message reply = {0};
    for (;;) {
        long ticket = atomic_fetch_add(&tickets, 1);
        double due = load.rate > 0 ? load.start + (double)ticket / load.rate : now();
        if ((load.limit && ticket >= load.limit) || (!load.limit && due >= load.start + load.seconds)) break;
        while (!atomic_load(&stopped) && now() < due) sleep_until(due - now() > 0.1 ? now() + 0.1 : due);
        if (atomic_load(&stopped)) break;
        const char *problem = NULL, *step = "connect";
        double begin = now();
        // A server may close a connection that is idle: that says nothing about requests, so look before sending.
        char byte;
        if (connection >= 0 && recv(connection, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) {
            close(connection);
            connection = -1;
        }
        if (connection < 0) {
            connection = connect_to(&load.target, &problem);
            reply.head = reply.body = reply.used = 0;
        }
        if (!problem) {
            step = "answer";
            if (!send_all(connection, load.request, strlen(load.request))) problem = strerror(errno);
            else read_message(connection, &reply, true, &problem);
        }
        note(&reply, step, problem, now() - begin);
        if (connection >= 0 && (problem || reply.close || load.close)) {
            close(connection);
            connection = -1;
        }
        if (problem && load.rate <= 0) usleep(1000);
    }
    atomic_fetch_sub(&workers, 1);
    return NULL;
}

static int ascending(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

// One line of what came since the last one.
static void show_progress(void) {
    pthread_mutex_lock(&totals.lock);
    printf("%6.1f s  %ld requests", now() - load.start, totals.answers - totals.answers_shown);
    totals.answers_shown = totals.answers;
    for (int at = 0; at < totals.used; at++) {
        struct kind *kind = &totals.kinds[at];
        if (strcmp(kind->text, "status 200") && kind->count > kind->shown)
            printf(", %ld %s", kind->count - kind->shown, strncmp(kind->text, "body ", 5) ? kind->text : kind->text + 5);
        kind->shown = kind->count;
    }
    printf("\n");
    fflush(stdout);
    pthread_mutex_unlock(&totals.lock);
}

static int put_load(int count, char **words) {
    static const char usage[] =
        "usage: hello load URL [--rate N] [--seconds S | --requests N] [--concurrency C] [--every S] [--header LINE]... "
        "[--host NAME] [--close]";
    char headers[2048] = "", host[300];
    load.target = parse_url(words[0]);
    snprintf(host, sizeof host, "%s:%s", load.target.host, load.target.port);
    for (int at = 1; at < count; at++) {
        const char *option = words[at], *value = at + 1 < count ? words[at + 1] : NULL;
        if (!strcmp(option, "--close")) {
            load.close = true;
            continue;
        }
        if (!value) die("%s", usage);
        at++;
        if (!strcmp(option, "--rate")) load.rate = atof(value);
        else if (!strcmp(option, "--seconds")) load.seconds = atof(value);
        else if (!strcmp(option, "--requests")) load.limit = atol(value);
        else if (!strcmp(option, "--concurrency")) load.concurrency = atoi(value);
        else if (!strcmp(option, "--every")) load.every = atof(value);
        else if (!strcmp(option, "--host")) snprintf(host, sizeof host, "%s", value);
        else if (!strcmp(option, "--header"))
            snprintf(headers + strlen(headers), sizeof headers - strlen(headers), "%s\r\n", value);
        else die("%s", usage);
    }
    snprintf(load.request, sizeof load.request, "GET %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n", load.target.path, host, headers,
        load.close ? "Connection: close\r\n" : "");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_stop);
    signal(SIGINT, on_stop);
    load.start = now();
    atomic_store(&workers, load.concurrency);
    for (int at = 0; at < load.concurrency; at++) start_thread(work, NULL);
    double next = load.start + load.every;
    while (atomic_load(&workers)) {
        usleep(20000);
        if (load.every > 0 && now() >= next) {
            show_progress();
            next += load.every;
        }
    }

    double taken = now() - load.start;
    size_t samples = (size_t)(totals.answers < SAMPLES ? totals.answers : SAMPLES);
    qsort(totals.latencies, samples, sizeof *totals.latencies, ascending);
    printf("%ld requests in %.1f s: %.0f a second\n", totals.answers, taken, (double)totals.answers / taken);
    if (samples) {
        printf("milliseconds p50 %.2f p90 %.2f p99 %.2f max %.2f\n", totals.latencies[samples / 2] * 1e3,
            totals.latencies[samples * 9 / 10] * 1e3, totals.latencies[samples * 99 / 100] * 1e3,
            totals.latencies[samples - 1] * 1e3);
    }
    for (int at = 0; at < totals.used; at++) printf("%ld %s\n", totals.kinds[at].count, totals.kinds[at].text);
    printf("%ld failed\n", totals.failures);
    return totals.failures != 0;
}

int main(int count, char **words) {
    if (count == 4 && !strcmp(words[1], "serve")) {
        greeting = words[3];
        return serve(words[2]);
    }
    if (count == 4 && !strcmp(words[1], "call")) {
        greeting = "Hello World, Magnanimo";
        upstream = parse_url(words[3]);
        return serve(words[2]);
    }
    if (count >= 3 && !strcmp(words[1], "load")) return put_load(count - 2, words + 2);
    die("usage: hello serve PORT GREETING | call PORT URL | load URL [option...]");
}
