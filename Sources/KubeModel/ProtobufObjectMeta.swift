extension ObjectMeta {
    /// Reads an `ObjectMeta` message; `managedFields` is skipped unread. Source of the field numbers: `meta/v1/generated.proto`.
    package init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        self.init(key: ObjectKey(namespace: "", name: ""))
        while let field = try reader.nextField() {
            switch field {
            case 1: key.name = try reader.readString()
            case 3: key.namespace = try reader.readString()
            case 5: uid = UID(try reader.readString())
            case 6: resourceVersion = try reader.readResourceVersion()
            case 7: generation = try reader.readInt()
            case 8: creationTimestamp = try reader.readTimestamp()
            case 9: deletionTimestamp = try reader.readTimestamp()
            case 11:
                let entry = try reader.readMapEntry()
                labels[entry.key] = entry.value
            case 12:
                let entry = try reader.readMapEntry()
                annotations[entry.key] = entry.value
            case 13:
                ownerReferences.append(
                    try reader.readMessage { (owner) throws(ProtobufError) in try OwnerReference(protobuf: &owner) }
                )
            case 14: finalizers.append(try reader.readString())
            default: try reader.skip()
            }
        }
    }
}

extension OwnerReference {
    /// Reads an `OwnerReference` message.
    package init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        self.init(apiVersion: "", kind: "", name: "", uid: UID(""), isController: false, blockOwnerDeletion: false)
        while let field = try reader.nextField() {
            switch field {
            case 1: kind = try reader.readString()
            case 3: name = try reader.readString()
            case 4: uid = UID(try reader.readString())
            case 5: apiVersion = try reader.readString()
            case 6: isController = try reader.readBool()
            case 7: blockOwnerDeletion = try reader.readBool()
            default: try reader.skip()
            }
        }
    }
}

extension ProtobufReader {
    /// A field of type `metav1.Time`.
    package mutating func readTimestamp() throws(ProtobufError) -> Timestamp {
        try readMessage { (time) throws(ProtobufError) in
            var result = Timestamp(secondsSinceEpoch: 0)
            while let field = try time.nextField() {
                switch field {
                case 1: result.secondsSinceEpoch = try time.readInt()
                default: try time.skip()
                }
            }
            return result
        }
    }

    /// A `resourceVersion`; the empty text that unset strings have on the wire is 0.
    package mutating func readResourceVersion() throws(ProtobufError) -> ResourceVersion {
        let range = try readBytes()
        var number: UInt64 = 0
        for byte in bytes[range] {
            let (product, carry) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry2) = product.addingReportingOverflow(UInt64(byte &- UInt8(ascii: "0")))
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), !carry, !carry2 else {
                throw ProtobufError(.typeMismatch, "a numeric resourceVersion expected", offset: range.lowerBound)
            }
            number = sum
        }
        return ResourceVersion(number)
    }
}
