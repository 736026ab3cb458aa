#!/usr/bin/env python3
"""One hostile client of the operator's ports, for the benchmark "under attack" and for tries by hand.

It does at once what a pod that reaches the ports could do: reviews that are expensive to answer, requests whose answers are never
read, connections that say nothing, streams without a token, and streams of an admitted proxy that asks for far too much. It talks to
loopback addresses only, stops by itself, and then prints what it did as one line of JSON.

    attacker.py --source 127.0.0.11 --health HOST:PORT --webhook HOST:PORT --xds HOST:PORT --seconds 300 [--token NODE_ID=TOKEN]
        [--deleted-token NODE_ID=TOKEN]
"""

import argparse
import collections
import ipaddress
import json
import socket
import ssl
import struct
import threading
import time

counts = collections.Counter()
counts_lock = threading.Lock()


def count(what, by=1):
    with counts_lock:
        counts[what] += by


class Target:
    """A port, and the address that connections to it come from."""

    def __init__(self, text, source):
        host, port = text.rsplit(":", 1)
        if not ipaddress.ip_address(host).is_loopback:
            raise SystemExit(f"{host} is not a loopback address")
        self.address = (host, int(port))
        self.source = source

    def connect(self, timeout=5, receive_buffer=None):
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.bind((self.source, 0))
        connection.connect(self.address)
        return connection

    def connect_tls(self, protocols=(), timeout=5):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context.wrap_socket(self.connect(timeout))


def close(*connections):
    for connection in connections:
        try:
            connection.close()
        except OSError:
            pass


# MARK: - Health


def pipelined_metrics(health, deadline):
    """Asks for /metrics over and over and never reads an answer; 64 connections."""
    held = []
    request = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 50
    while time.monotonic() < deadline:
        try:
            while len(held) < 64:
                connection = health.connect(receive_buffer=4096)
                connection.setblocking(False)
                held.append(connection)
                count("health connections")
            for connection in list(held):
                try:
                    connection.send(request)
                except BlockingIOError:
                    pass
                except OSError:
                    held.remove(connection)
                    close(connection)
                    count("health connections closed by the server")
        except OSError:
            count("health connections refused")
        time.sleep(0.2)
    close(*held)


def slow_probes(health, deadline):
    """64 connections that are kept by asking for something small every few seconds."""
    held = []
    while time.monotonic() < deadline:
        try:
            while len(held) < 64:
                held.append(health.connect())
        except OSError:
            count("health connections refused")
        for connection in list(held):
            try:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                if not connection.recv(4096):
                    raise OSError("closed")
                count("slow probes answered")
            except OSError:
                held.remove(connection)
                close(connection)
        time.sleep(7)
    close(*held)


# MARK: - Webhooks


def review(namespace, annotations, containers, uid):
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"generateName": "p-", "namespace": namespace, "annotations": annotations},
        "spec": {"containers": containers},
    }
    return json.dumps(
        {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "request": {
                "uid": uid,
                "operation": "CREATE",
                "kind": {"group": "", "version": "v1", "kind": "Pod"},
                "resource": {"group": "", "version": "v1", "resource": "pods"},
                "namespace": namespace,
                "userInfo": {"username": "u"},
                "object": pod,
            },
        }
    ).encode()


def expensive_reviews(webhook, deadline, namespace, which):
    """Reviews of pods that take work: many variables, many probes, names with slashes."""
    plain = [{"name": "app", "image": "app"}]
    variables = ";".join(f"V{number}=x" for number in range(200_000))
    probes = [
        {
            "name": f"c{number}",
            "image": "app",
            "livenessProbe": {"httpGet": {"path": f"/{number}", "port": 1024 + number % 60000}},
            "readinessProbe": {"grpc": {"port": 1024 + number % 60000}},
        }
        for number in range(6_000)
    ]
    bodies = {
        "variables": [review(namespace, {"kuma.io/sidecar-env-vars": variables}, plain, "u")],
        "probes": [review(namespace, {}, probes, "u")],
        "names": [
            review(name, {}, plain, "u")
            for name in ["default/../../api/v1/secrets", "../secrets", "", ".", "a/b", "x" * 100_000, "kube-system/secrets/s"]
            + [f"nobody-{number}" for number in range(200)]
        ],
    }[which]
    number = 0
    while time.monotonic() < deadline:
        try:
            connection = webhook.connect_tls(timeout=12)
            body = bodies[number % len(bodies)]
            number += 1
            head = (
                "POST /inject-sidecar?timeout=10s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            connection.sendall(head.encode() + body)
            answer = connection.recv(65536)
            count(f"reviews with {which} answered" if answer else f"reviews with {which} cut off")
            close(connection)
        except OSError:
            count(f"reviews with {which} not answered")
            time.sleep(0.1)


def silent_connections(target, deadline, number, what):
    """Connections that say nothing at all, made anew when they are closed."""
    held = []
    while time.monotonic() < deadline:
        try:
            while len(held) < number:
                held.append(target.connect())
                count(f"silent connections to {what}")
        except OSError:
            count(f"silent connections to {what} refused")
        for connection in list(held):
            try:
                connection.setblocking(False)
                if connection.recv(1) == b"":
                    raise OSError("closed")
            except BlockingIOError:
                pass
            except OSError:
                held.remove(connection)
                close(connection)
        time.sleep(0.5)
    close(*held)


# MARK: - xDS

METHOD = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, DATA, HEADERS, RST_STREAM, PING, GOAWAY, WINDOW_UPDATE = 4, 0, 1, 3, 6, 7, 8


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def hpack_integer(value, prefix_bits, first):
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes([first | value])
    value -= limit
    result = bytearray([first | limit])
    while value >= 128:
        result.append(value & 127 | 128)
        value >>= 7
    result.append(value)
    return bytes(result)


def hpack(headers):
    """Literal header fields without indexing and without Huffman coding."""
    result = bytearray()
    for name, value in headers:
        result += b"\0" + hpack_integer(len(name), 7, 0) + name.encode() + hpack_integer(len(value), 7, 0) + value.encode()
    return bytes(result)


def request_headers(token):
    headers = [
        (":method", "POST"), (":scheme", "https"), (":authority", "swiftlet"), (":path", METHOD),
        ("content-type", "application/grpc"), ("te", "trailers"),
    ]
    if token is not None:
        headers.append(("authorization", f"Bearer {token}"))
    return hpack(headers)


def varint(value):
    result = bytearray()
    while value > 127:
        result.append(value & 127 | 128)
        value >>= 7
    result.append(value)
    return bytes(result)


def field(number, payload):
    if isinstance(payload, str):
        payload = payload.encode()
    return varint(number << 3 | 2) + varint(len(payload)) + payload


CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
ENDPOINTS = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
LISTENERS = "type.googleapis.com/envoy.config.listener.v3.Listener"
ROUTES = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"


def discovery_request(node_id, type_url, names=(), nonce="", error=""):
    message = b""
    if node_id:
        message += field(1, field(1, node_id))
    message += field(2, type_url)
    for name in names:
        message += field(3, name)
    if nonce:
        message += field(6, nonce)
    if error:
        message += field(7, field(2, error))
    return struct.pack(">BI", 0, len(message)) + message


def data_frames(stream, payload, size=16_384):
    return b"".join(frame(DATA, 0, stream, payload[at : at + size]) for at in range(0, len(payload), size))


def unadmitted_streams(xds, deadline, token):
    """Streams without a valid token that bring as many bytes as they can; SETTINGS are never acknowledged."""
    body = data_frames(1, b"\0" + struct.pack(">I", 4 << 20) + b"x" * 60_000)
    held = []
    while time.monotonic() < deadline:
        try:
            if len(held) >= 24:
                close(held.pop(0))
            connection = xds.connect_tls(["h2"])
            connection.settimeout(0.2)
            held.append(connection)
            connection.sendall(PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1 << 20)))
            for number in range(100):
                stream = 1 + 2 * number
                connection.sendall(frame(HEADERS, 4, stream, request_headers(token)))
                connection.sendall(body.replace(struct.pack(">I", 1), struct.pack(">I", stream)))
            count("connections with 100 streams without a token")
        except OSError:
            count("connections without a token that were cut off")
            time.sleep(0.05)
    close(*held)


def garbage_tokens(xds, deadline):
    """Connects, shows a token that is none, and goes: each costs the operator what a refusal costs."""
    number = 0
    while time.monotonic() < deadline:
        number += 1
        one_stream(xds, f"mesh.ns.pod-{number}", f"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl{number}", "garbage tokens")


def deleted_pod(xds, deadline, node_id, token):
    """Streams by the token of a pod that is gone."""
    while time.monotonic() < deadline:
        one_stream(xds, node_id, token, "tokens of a deleted pod")


def one_stream(xds, node_id, token, what):
    connection = None
    try:
        connection = xds.connect_tls(["h2"])
        connection.sendall(
            PREFACE
            + frame(SETTINGS, 0, 0)
            + frame(HEADERS, 4, 1, request_headers(token))
            + data_frames(1, discovery_request(node_id, CLUSTERS, ["*"]))
        )
        end = time.monotonic() + 2
        while time.monotonic() < end:
            received = connection.recv(16384)
            if not received or b"grpc-status" in received:
                break
            if b"\x00\x00\x00\x04\x01" not in received and len(received) > 300:
                break
        count(what)
    except OSError:
        count(f"{what} cut off")
        time.sleep(0.02)
    finally:
        if connection:
            close(connection)


def greedy_proxy(xds, deadline, node_id, token):
    """An admitted proxy that subscribes 100,000 names of 1 KB, and refuses whatever comes."""
    while time.monotonic() < deadline:
        connection = None
        try:
            connection = xds.connect_tls(["h2"], timeout=10)
            connection.sendall(
                PREFACE
                + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1 << 24))
                + frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 28))
                + frame(HEADERS, 4, 1, request_headers(token))
                + data_frames(1, discovery_request(node_id, CLUSTERS))
                + data_frames(1, discovery_request(node_id, LISTENERS))
            )
            count("greedy streams")
            reader = threading.Thread(target=refuse_everything, args=(connection, deadline), daemon=True)
            reader.start()
            for start in range(0, 100_000, 200):
                names = [f"{number:08d}" + "n" * 1016 for number in range(start, start + 200)]
                connection.sendall(data_frames(1, discovery_request("", ENDPOINTS, names)))
                if time.monotonic() > deadline:
                    break
            count("greedy streams that subscribed everything")
            reader.join(timeout=max(0, min(20, deadline - time.monotonic())))
        except OSError:
            count("greedy streams cut off")
            time.sleep(0.2)
        finally:
            if connection:
                close(connection)


def refuse_everything(connection, deadline):
    """Answers each push with rejections of made-up resources, as fast as they come."""
    error = "Error adding/updating listener(s) " + " ".join(f"l{number}: refused" for number in range(2_000))
    buffer = b""
    try:
        while time.monotonic() < deadline:
            received = connection.recv(262_144)
            if not received:
                return
            buffer += received
            while len(buffer) >= 9:
                length = int.from_bytes(buffer[:3], "big")
                if len(buffer) < 9 + length:
                    break
                kind, flags = buffer[3], buffer[4]
                buffer = buffer[9 + length :]
                if kind == SETTINGS and not flags & 1:
                    connection.sendall(frame(SETTINGS, 1, 0))
                elif kind == DATA and length:
                    connection.sendall(
                        frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", length))
                        + frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", length))
                        + data_frames(1, discovery_request("", LISTENERS, nonce="1", error=error))
                        + data_frames(1, discovery_request("", CLUSTERS, nonce="1", error=error))
                    )
                    count("refusals")
                elif kind in (RST_STREAM, GOAWAY):
                    return
    except OSError:
        return


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", required=True, help="the loopback address that connections come from")
    parser.add_argument("--health", required=True)
    parser.add_argument("--webhook", required=True)
    parser.add_argument("--xds", required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--namespace", default="default", help="a namespace with injection")
    parser.add_argument("--token", help="NODE_ID=TOKEN of a pod that is admitted")
    parser.add_argument("--deleted-token", help="NODE_ID=TOKEN of a pod that was deleted")
    parser.add_argument("--only", help="the attacks, separated by commas")
    arguments = parser.parse_args()
    deadline = time.monotonic() + min(arguments.seconds, 3600)
    health, webhook, xds = (Target(text, arguments.source) for text in (arguments.health, arguments.webhook, arguments.xds))
    attacks = {
        "metrics": (pipelined_metrics, health, deadline),
        "probes": (slow_probes, health, deadline),
        "variables": (expensive_reviews, webhook, deadline, arguments.namespace, "variables"),
        "containers": (expensive_reviews, webhook, deadline, arguments.namespace, "probes"),
        "names": (expensive_reviews, webhook, deadline, arguments.namespace, "names"),
        "silent-webhook": (silent_connections, webhook, deadline, 256, "webhook"),
        "silent-xds": (silent_connections, xds, deadline, 128, "xds"),
        "bytes": (unadmitted_streams, xds, deadline, None),
        "garbage": (garbage_tokens, xds, deadline),
    }
    if arguments.token:
        attacks["greedy"] = (greedy_proxy, xds, deadline, *arguments.token.split("=", 1))
    if arguments.deleted_token:
        attacks["deleted"] = (deleted_pod, xds, deadline, *arguments.deleted_token.split("=", 1))
    chosen = arguments.only.split(",") if arguments.only else attacks
    threads = [threading.Thread(target=attacks[name][0], args=attacks[name][1:], daemon=True) for name in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=max(0, deadline + 30 - time.monotonic()))
    with counts_lock:
        print(json.dumps(dict(sorted(counts.items()))), flush=True)


if __name__ == "__main__":
    main()
