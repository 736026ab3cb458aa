import JSON
import KubeModel

extension Dataplane {
    /// As the object of kind `Dataplane` that Kuma 2.14 would keep for this pod.
    ///
    /// Its own bookkeeping (labels, owner, the admin port) is left out.
    package var manifest: JSONValue {
        var networking: JSONValue = ["address": .string(address)]
        if let gateway { networking["gateway"] = ["tags": gateway.json] }
        if !inbounds.isEmpty { networking["inbound"] = .array(inbounds.map(\.manifest)) }
        return [
            "apiVersion": "kuma.io/v1alpha1",
            "kind": "Dataplane",
            "mesh": .string(mesh),
            "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)],
            "spec": ["networking": networking],
        ]
    }
}

extension Inbound {
    /// As an element of a Dataplane's `spec.networking.inbound`. What is ready says so in `health` alone, because Kuma leaves out the
    /// zero value of `state`.
    fileprivate var manifest: JSONValue {
        .compact([
            "port": .int(Int64(port)),
            "name": name.isEmpty ? nil : .string(name),
            "protocol": .string(tags[TagName.protocolName] ?? TrafficProtocol.tcp.rawValue),
            "health": state == .ready ? ["ready": true] : [:],
            "state": state == .ready ? nil : .string(state.rawValue),
            "tags": tags.json,
        ])
    }
}

extension Tags {
    /// An object of strings.
    package var json: JSONValue { .strings(dictionary) }
}
