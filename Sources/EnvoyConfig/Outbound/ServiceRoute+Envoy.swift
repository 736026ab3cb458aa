import Dataplanes
import EnvoyAPI
import SwiftProtobuf
import TrafficPolicy

extension ServiceRoute {
    /// The routes of requests to `service`: the rules in their order, then what no rule took.
    func configuration(named name: String, service: String) throws -> RouteConfiguration {
        var host = VirtualHost()
        host.name = service
        host.domains = ["*"]
        host.routes = rules.map(\.route)
        host.routes.append(
            .with {
                $0.match.prefix = "/"
                $0.route = RouteAction(split)
            }
        )
        host.retryPolicy = try .unsentRequests
        return .with {
            $0.name = name
            $0.virtualHosts = [host]
            // An unknown cluster is then refused with the old routes kept; otherwise it would be taken and answered with 503.
            $0.validateClusters = true
        }
    }
}

extension RouteAction {
    /// Without a time limit: that is for policies to set.
    init(_ split: [WeightedDestination]) {
        self.init()
        let shares = ClusterShare.shares(of: split)
        if shares.count == 1 {
            cluster = shares[0].cluster
        } else {
            weightedClusters.clusters = shares.map { share in
                .with {
                    $0.name = share.cluster
                    $0.weight = Google_Protobuf_UInt32Value(share.weight)
                }
            }
        }
        timeout = .seconds(0)
    }
}

extension RetryPolicy {
    /// Only requests that no endpoint can have seen, so that a pod that ends costs no request: another endpoint gets them.
    static var unsentRequests: RetryPolicy {
        get throws {
            try .with {
                $0.retryOn = "connect-failure,refused-stream,reset-before-request"
                $0.numRetries = 2
                $0.hostSelectionRetryMaxAttempts = 3
                $0.retryHostPredicate = [
                    try .with {
                        $0.name = "envoy.retry_host_predicates.previous_hosts"
                        $0.typedConfig = try Google_Protobuf_Any(message: PreviousHostsPredicate())
                    }
                ]
            }
        }
    }
}
