import JSON
import KubeModel
import KubeTransport

extension KubeClient {
    /// Reads one object, or its `subresource` such as `status` or `scale`.
    ///
    /// - Throws: ``KubeError``; ``KubeError/isNotFound`` if there is no such object, and also if the kind is not served.
    package func get(
        _ resource: APIResource,
        _ key: ObjectKey,
        subresource: String? = nil
    ) async throws(KubeError) -> JSONValue {
        try await value(of: KubeRequest("GET", resource, key, subresource: subresource, verb: "get"))
    }

    /// Reads one object as `type`.
    package func get<Object: WireObject>(
        _ resource: APIResource,
        _ key: ObjectKey,
        as type: Object.Type
    ) async throws(KubeError) -> Object {
        var request = KubeRequest("GET", resource, key, verb: "get")
        request.accept = MediaTypes.accept(type, for: .object)
        let response = try await response(to: request)
        return try object(in: response, of: request, resource)
    }

    /// Creates the object; its namespace and name are those of its own metadata, which may have `generateName` instead.
    ///
    /// - Returns: the object as stored.
    /// - Throws: ``KubeError``; ``KubeError/isAlreadyExists`` if there is one of that name.
    package func create(
        _ resource: APIResource,
        _ object: JSONValue,
        options: WriteOptions = WriteOptions()
    ) async throws(KubeError) -> JSONValue {
        let key = DynamicObject(object).key
        var request = KubeRequest("POST", resource, nil, namespace: key.namespace, verb: "create")
        request.subject = "\(resource) \(key)"
        request.query = options.query(isApply: false)
        request.body = object
        return try await value(of: request)
    }

    /// Replaces the object, or its `subresource`; the key is that of its own metadata.
    ///
    /// - Returns: the object as stored.
    /// - Throws: ``KubeError``; ``KubeError/isConflict`` if the object's resourceVersion is no longer the present one.
    package func update(
        _ resource: APIResource,
        _ object: JSONValue,
        options: WriteOptions = WriteOptions(),
        subresource: String? = nil
    ) async throws(KubeError) -> JSONValue {
        let key = DynamicObject(object).key
        var request = KubeRequest("PUT", resource, key, subresource: subresource, verb: "update")
        request.query = options.query(isApply: false)
        request.body = object
        return try await value(of: request)
    }

    /// Changes the object, or its `subresource`. Of the kinds of patch, apply alone also creates the object.
    ///
    /// - Returns: the object as stored.
    /// - Throws: ``KubeError``; for an apply ``KubeError/isConflict`` if others own its fields, with a cause for each.
    package func patch(
        _ resource: APIResource,
        _ key: ObjectKey,
        _ patch: Patch,
        options: WriteOptions = WriteOptions(),
        subresource: String? = nil
    ) async throws(KubeError) -> JSONValue {
        try await value(of: patchRequest(resource, key, patch, options, subresource))
    }

    /// As ``patch(_:_:_:options:subresource:)``, with the object as stored read as `type`.
    package func patch<Object: WireObject>(
        _ resource: APIResource,
        _ key: ObjectKey,
        _ patch: Patch,
        options: WriteOptions = WriteOptions(),
        subresource: String? = nil,
        as type: Object.Type
    ) async throws(KubeError) -> Object {
        var request = patchRequest(resource, key, patch, options, subresource)
        request.accept = MediaTypes.accept(type, for: .object)
        let response = try await response(to: request)
        return try object(in: response, of: request, resource)
    }

    /// Server-side apply of the object under the key of its own metadata.
    ///
    /// - Throws: as ``patch(_:_:_:options:subresource:)``.
    package func apply(
        _ resource: APIResource,
        _ object: JSONValue,
        options: WriteOptions,
        subresource: String? = nil
    ) async throws(KubeError) -> JSONValue {
        try await patch(
            resource,
            DynamicObject(object).key,
            .apply(object),
            options: options,
            subresource: subresource
        )
    }

    /// As ``apply(_:_:options:subresource:)``, with the object as stored read as `type`, and whether it is new.
    package func apply<Object: WireObject>(
        _ resource: APIResource,
        _ object: JSONValue,
        options: WriteOptions,
        subresource: String? = nil,
        as type: Object.Type
    ) async throws(KubeError) -> AppliedObject<Object> {
        var request = patchRequest(resource, DynamicObject(object).key, .apply(object), options, subresource)
        request.accept = MediaTypes.accept(type, for: .object)
        let response = try await response(to: request)
        let stored: Object = try self.object(in: response, of: request, resource)
        return AppliedObject(object: stored, isNew: response.status == 201)
    }

    /// Deletes the object. It stays, marked, until its finalizers are gone.
    ///
    /// - Returns: the object if it stays for now, else a `Status`.
    /// - Throws: ``KubeError``; ``KubeError/isNotFound`` if there is none, ``KubeError/isConflict`` if a precondition fails.
    @discardableResult
    package func delete(
        _ resource: APIResource,
        _ key: ObjectKey,
        options: DeleteOptions = DeleteOptions()
    ) async throws(KubeError) -> JSONValue {
        var request = KubeRequest("DELETE", resource, key, verb: "delete")
        request.body = options.body
        return try await value(of: request)
    }

    private func patchRequest(
        _ resource: APIResource,
        _ key: ObjectKey,
        _ patch: Patch,
        _ options: WriteOptions,
        _ subresource: String?
    ) -> KubeRequest {
        var isApply = false
        if case .apply = patch { isApply = true }
        var request = KubeRequest("PATCH", resource, key, subresource: subresource, verb: isApply ? "apply" : "patch")
        request.query = options.query(isApply: isApply)
        request.body = patch.body
        request.contentType = patch.contentType
        return request
    }

    /// Reads the object that a response holds, in the format that the server chose.
    private func object<Object: WireObject>(
        in response: HTTPResponse,
        of request: KubeRequest,
        _ resource: APIResource
    ) throws(KubeError) -> Object {
        let format = WireFormat(contentType: response.headers["Content-Type"])
        var range = response.body.indices
        do {
            if format == .protobuf { range = try ProtobufEnvelope(response.body, in: range).object }
        } catch {
            throw request.error(.decoding, "\(error)", cause: error)
        }
        switch ObjectDecoder<Object>(resource: resource, format: format).object(response.body, range) {
        case .success(let object): return object
        case .failure(let error): throw request.error(.decoding, error.message, cause: error)
        }
    }
}
