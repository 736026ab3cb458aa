import KubeModel
import Logging
import Tracing

/// What one run of a reconcile is about, as logs and spans tell it.
struct ReconcileSubject {
    var controller: String
    /// Empty when it is not known.
    var kind: String
    var key: ObjectKey
    /// `nil` for an object that is gone or counts none.
    var generation: Int64?
    /// Empty outside of a run.
    var id: String

    /// A logger whose lines all say it.
    func logger(_ logger: Logger) -> Logger {
        var logger = logger
        logger[metadataKey: "controller"] = .string(controller)
        if !kind.isEmpty { logger[metadataKey: "kind"] = .string(kind) }
        if !key.namespace.isEmpty { logger[metadataKey: "namespace"] = .string(key.namespace) }
        logger[metadataKey: "name"] = .string(key.name)
        if let generation { logger[metadataKey: "generation"] = .stringConvertible(generation) }
        if !id.isEmpty { logger[metadataKey: "reconcileID"] = .string(id) }
        return logger
    }

    /// Puts it into a span, under OpenTelemetry's names where there are some.
    func describe(_ span: any Tracing.Span) {
        span.updateAttributes { attributes in
            attributes["controller"] = controller
            if !kind.isEmpty { attributes["object.kind"] = kind }
            if !key.namespace.isEmpty { attributes["k8s.namespace.name"] = key.namespace }
            attributes["object.name"] = key.name
            if let generation { attributes["object.generation"] = generation }
            attributes["reconcileID"] = id
        }
    }
}

extension WorkOutcome {
    /// For spans.
    var word: String {
        switch self {
        case .success(after: nil): "success"
        case .success: "requeue_after"
        case .failure: "error"
        case .postponed: "requeue"
        case .held: "held"
        case .givenUp: "terminal_error"
        }
    }
}
