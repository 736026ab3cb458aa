import EnvoyAPI
import Testing

@testable import XDS

/// One test for each rule of what is sent when.
struct PushMachineTests {
    private let route = ResourceOrigin(kind: "TrafficRoute", name: "canary")

    @Test func startsInEnvoysOrder() throws {
        var scene = Scene()
        #expect(try scene.receive(request(.cluster)) == [])
        let everything = snapshot(
            1,
            service("a") + [resource(.listener, "l", to: ["r"]), resource(.route, "r", to: ["a"])]
        )
        #expect(scene.publish(everything) == ["cluster +a@1"])
        #expect(try scene.receive(request(.endpoint, subscribe: ["a"])) == ["endpoint +a@1"])
        #expect(try scene.ack(.cluster) == [])
        #expect(try scene.ack(.endpoint) == [])
        #expect(try scene.receive(request(.listener)) == ["listener +l@1"])
        #expect(try scene.receive(request(.route, subscribe: ["r"])) == ["route +r@1"])
        #expect(try scene.ack(.listener) == [])
        #expect(try scene.ack(.route) == ["delivered 1"])
    }

    @Test func answersAWildcardEvenWithNothing() throws {
        var scene = Scene()
        #expect(scene.publish(snapshot(1, [])) == [])
        #expect(try scene.receive(request(.cluster)) == ["cluster"])
        #expect(try scene.ack(.cluster) == [])
        #expect(try scene.receive(request(.listener)) == ["listener"])
        #expect(try scene.ack(.listener) == ["delivered 1"])
    }

    @Test func sendsEndpointsAtOnceAndAlone() throws {
        var scene = try Scene.started(snapshot(1, service("a") + service("b")))
        #expect(scene.publish(snapshot(2, service("a", endpoints: "2") + service("b"))) == ["endpoint +a@2"])
        #expect(try scene.ack(.endpoint) == ["delivered 2"])
    }

    @Test func sendsEndpointsWhileClustersWaitForTheirAck() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        #expect(scene.publish(snapshot(2, service("a") + [resource(.cluster, "b")])) == ["cluster +b@1"])
        #expect(scene.publish(snapshot(3, service("a", endpoints: "2") + service("b"))) == ["endpoint +a@2"])
        #expect(try scene.ack(.endpoint) == [])
        #expect(try scene.receive(request(.endpoint, subscribe: ["b"])) == ["endpoint +b@1"])
        #expect(try scene.ack(.endpoint) == [])
        #expect(try scene.ack(.cluster) == ["delivered 3"])
    }

    @Test func sendsTheEndpointsOfAChangedClusterAtOnce() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        #expect(scene.publish(snapshot(2, service("a", "2"))) == ["cluster +a@2", "endpoint +a@1"])
    }

    @Test func movesARouteBetweenAddingAndRemoving() throws {
        let listener = resource(.listener, "l", to: ["r"])
        let old = service("v1") + [listener, resource(.route, "r", "1", to: ["v1"])]
        var scene = try Scene.started(snapshot(1, old))
        let new = service("v2") + [listener, resource(.route, "r", "2", to: ["v2"])]
        #expect(scene.publish(snapshot(2, new)) == ["cluster +v2@1"])
        #expect(try scene.receive(request(.endpoint, subscribe: ["v2"])) == ["endpoint +v2@1"])
        #expect(try scene.ack(.endpoint) == [])
        #expect(try scene.ack(.cluster) == ["route +r@2"])
        #expect(try scene.ack(.route) == ["cluster -v1"])
        #expect(try scene.receive(request(.endpoint, unsubscribe: ["v1"])) == [])
        #expect(try scene.ack(.cluster) == ["delivered 2"])
    }

    @Test func sendsListenersAndRoutesTogetherAfterClusters() throws {
        let before = service("a") + [resource(.listener, "l"), resource(.listener, "gone"), resource(.route, "r")]
        var scene = try Scene.started(snapshot(1, before))
        let after = service("a", "2") + [resource(.listener, "l", "2"), resource(.route, "r", "2")]
        #expect(scene.publish(snapshot(2, after)) == ["cluster +a@2", "endpoint +a@1"])
        #expect(try scene.ack(.endpoint) == [])
        #expect(try scene.ack(.cluster) == ["listener +l@2 -gone", "route +r@2"])
    }

    @Test func keepsOnlyTheNewestThatWaits() throws {
        let listener = resource(.listener, "l", to: ["r"])
        func generation(_ number: UInt64) -> ProxySnapshot {
            snapshot(number, service("a", "\(number)") + [listener, resource(.route, "r", "\(number)", to: ["a"])])
        }
        var scene = try Scene.started(generation(1))
        #expect(scene.publish(generation(2)) == ["cluster +a@2", "endpoint +a@1"])
        #expect(try scene.ack(.endpoint) == [])
        #expect(scene.publish(generation(3)) == [])
        #expect(scene.publish(generation(4)) == [])
        #expect(try scene.ack(.cluster) == ["route +r@2"])
        #expect(try scene.ack(.route) == ["cluster +a@4", "endpoint +a@1"])
        #expect(try scene.ack(.endpoint) == [])
        #expect(try scene.ack(.cluster) == ["route +r@4"])
        #expect(try scene.ack(.route) == ["delivered 4"])
    }

    @Test func goesOnWithoutAnAckOfClusters() throws {
        let listener = resource(.listener, "l", to: ["r"])
        var scene = try Scene.started(snapshot(1, service("a") + [listener, resource(.route, "r")]))
        _ = scene.publish(snapshot(2, service("a", "2") + [listener, resource(.route, "r", "2")]))
        _ = try scene.ack(.endpoint)
        #expect(scene.wait(.seconds(14)) == [])
        #expect(scene.wait(.seconds(1)) == ["route +r@2"])
        #expect(try scene.ack(.route) == [])
        #expect(try scene.ack(.cluster) == ["delivered 2"])
    }

    @Test func answersEveryNameThatIsAskedFor() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        #expect(try scene.receive(request(.endpoint, subscribe: ["nope", "a"])) == ["endpoint +a@1 -nope"])
        #expect(try scene.ack(.endpoint) == [])
        let more = snapshot(2, service("a") + [resource(.endpoint, "nope", "3")])
        #expect(scene.publish(more) == ["endpoint +nope@3"])
    }

    @Test func sendsNothingOfWhatIsNoLongerAskedFor() throws {
        var scene = try Scene.started(snapshot(1, service("a") + service("b")))
        #expect(try scene.receive(request(.endpoint, unsubscribe: ["a"])) == [])
        #expect(scene.publish(snapshot(2, service("a", endpoints: "2") + service("b"))) == ["delivered 2"])
        #expect(try scene.receive(request(.endpoint, subscribe: ["a"])) == ["endpoint +a@2"])
    }

    @Test func answersANameThatLeavesAWildcard() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        #expect(try scene.receive(request(.cluster, subscribe: ["a", "b"])) == ["cluster +a@1 -b", "endpoint +a@1"])
        _ = try scene.ack(.endpoint)
        _ = try scene.ack(.cluster)
        #expect(try scene.receive(request(.cluster, unsubscribe: ["a", "b"])).first == "cluster +a@1 -b")
    }

    @Test func takesAnExplicitWildcard() throws {
        var scene = Scene()
        _ = scene.publish(snapshot(1, service("a") + service("b")))
        #expect(try scene.receive(request(.cluster, subscribe: ["a"])) == ["cluster +a@1"])
        #expect(try scene.ack(.cluster) == [])
        #expect(try scene.receive(request(.cluster, subscribe: ["*"])) == ["cluster +b@1"])
        #expect(try scene.ack(.cluster) == [])
        #expect(try scene.receive(request(.cluster, unsubscribe: ["*"])) == [])
        #expect(scene.publish(snapshot(2, service("a", "2") + service("b", "2"))) == ["cluster +a@2"])
    }

    @Test func ignoresAStaleNonceButNotItsNames() throws {
        var scene = try Scene.started(snapshot(1, service("a") + service("b")))
        let stale = try #require(scene.nonces[.endpoint])
        #expect(scene.publish(snapshot(2, service("a", endpoints: "2") + service("b"))) == ["endpoint +a@2"])
        #expect(try scene.receive(request(.endpoint, subscribe: ["c"], nonce: stale)) == [])
        #expect(try scene.ack(.endpoint) == ["endpoint -c"])
        #expect(try scene.receive(request(.endpoint, nonce: stale, failure: "late")) == [])
        #expect(scene.machine.rejections == [])
    }

    @Test func sendsOnlyDifferencesAfterAReconnect() throws {
        let listeners = [resource(.listener, "l", "2"), resource(.route, "r", "2")]
        var scene = Scene()
        _ = scene.publish(snapshot(7, service("same") + service("changed", "2") + service("new") + listeners))
        let clusters = ["same": "1", "changed": "1", "gone": "1"]
        #expect(try scene.receive(request(.cluster, versions: clusters)) == ["cluster +changed@2 +new@1"])
        let names = ["changed", "gone", "same"]
        let endpoints = request(.endpoint, subscribe: names, versions: ["same": "1", "changed": "1", "gone": "1"])
        // Envoy waits for the endpoints of a changed cluster even if they are the same.
        #expect(try scene.receive(endpoints) == ["endpoint +changed@1"])
        #expect(try scene.receive(request(.listener, versions: ["l": "1"])) == [])
        #expect(try scene.receive(request(.route, subscribe: ["r"], versions: ["r": "1"])) == [])
        #expect(try scene.ack(.endpoint, subscribe: ["new"]) == ["endpoint +new@1"])
        #expect(try scene.ack(.endpoint) == [])
        #expect(try scene.ack(.cluster) == ["listener +l@2", "route +r@2"])
        #expect(try scene.ack(.listener) == [])
        #expect(try scene.ack(.route) == ["cluster -gone"])
        #expect(try scene.ack(.cluster) == ["delivered 7"])
    }

    @Test func sendsNothingAfterAReconnectWithoutChange() throws {
        var scene = Scene()
        _ = scene.publish(snapshot(7, service("a") + [resource(.listener, "l"), resource(.route, "r")]))
        #expect(try scene.receive(request(.cluster, versions: ["a": "1"])) == ["cluster"])
        #expect(try scene.receive(request(.endpoint, subscribe: ["a"], versions: ["a": "1"])) == [])
        #expect(try scene.receive(request(.listener, versions: ["l": "1"])) == ["listener"])
        #expect(try scene.receive(request(.route, subscribe: ["r"], versions: ["r": "1"])) == [])
        _ = try scene.ack(.cluster)
        #expect(try scene.ack(.listener) == ["delivered 7"])
    }

    @Test func keepsClustersThatOldRoutesMayNeedUntilListenersAreAskedFor() throws {
        var scene = Scene()
        _ = scene.publish(snapshot(7, []))
        #expect(try scene.receive(request(.cluster, versions: ["old": "1"])) == ["cluster"])
        #expect(try scene.ack(.cluster) == [])
        #expect(try scene.receive(request(.listener)) == ["listener"])
        #expect(try scene.ack(.listener) == ["cluster -old"])
    }

    @Test func findsTheCulpritThatEnvoyNames() throws {
        var scene = try Scene.started(snapshot(1, service("first")))
        let more =
            service("first", "2") + [resource(.cluster, "bad", origin: route), resource(.cluster, "good")]
        #expect(scene.publish(snapshot(2, more)) == ["cluster +bad@1 +first@2 +good@1", "endpoint +first@1"])
        _ = try scene.ack(.endpoint)
        let words = "Error adding/updating cluster(s) bad: no such thing"
        #expect(try scene.nack(.cluster, words) == ["cluster +first@2 +good@1", "endpoint +first@1"])
        _ = try scene.ack(.endpoint)
        #expect(try scene.ack(.cluster) == ["cluster +bad@1"])
        #expect(try scene.nack(.cluster, words) == ["rejections", "delivered 2"])
        #expect(scene.machine.rejections.map(\.name) == ["bad"])
        #expect(scene.machine.rejections.first?.message == words)
        #expect(scene.machine.rejections.first?.origin == route)
    }

    @Test(arguments: [1, 2, 5, 64, 100], [[0], [0, 1], [3, 50]])
    func findsCulpritsThatEnvoyDoesNotName(count: Int, bad: [Int]) throws {
        let routes = (0..<count).map { resource(.route, "r\($0)", bad.contains($0) ? "bad" : "1") }
        var scene = Scene()
        _ = scene.publish(snapshot(1, routes))
        _ = try scene.receive(request(.cluster))
        _ = try scene.ack(.cluster)
        _ = try scene.receive(request(.listener))
        _ = try scene.ack(.listener)
        _ = try scene.receive(request(.route, subscribe: routes.map(\.name)))
        var responses = 0
        while let batch = scene.machine.states[.route].inFlight {
            responses += 1
            let isBad = batch.entries.contains { $0.resource?.version == "bad" }
            _ = try scene.receive(request(.route, nonce: batch.nonce, failure: isBad ? "?" : nil))
            try #require(responses < 40)
        }
        let expected = bad.filter { $0 < count }.map { "r\($0)" }
        #expect(Set(scene.machine.rejections.map(\.name)) == Set(expected))
        #expect(scene.machine.reported == 1)
    }

    @Test func sendsARejectedResourceAgainOnlyWhenItChanges() throws {
        let listener = resource(.listener, "l")
        func generation(_ number: UInt64, _ version: String) -> ProxySnapshot {
            snapshot(number, service("a") + [listener, resource(.route, "r", version, origin: route)])
        }
        var scene = try Scene.started(generation(1, "1"))
        #expect(scene.publish(generation(2, "bad")) == ["route +r@bad"])
        #expect(try scene.nack(.route, "weights must be more than 0") == ["rejections", "delivered 2"])
        #expect(scene.publish(generation(3, "bad")) == ["delivered 3"])
        #expect(scene.machine.rejections.count == 1)
        #expect(scene.publish(generation(4, "4")) == ["rejections", "route +r@4"])
        #expect(try scene.ack(.route) == ["delivered 4"])
        #expect(scene.machine.rejections == [])
        #expect(scene.publish(generation(5, "bad")) == ["route +r@bad"])
        #expect(try scene.nack(.route, "weights must be more than 0") == ["rejections", "delivered 5"])
        // Back to what the client kept.
        #expect(scene.publish(generation(6, "4")) == ["rejections", "delivered 6"])
    }

    @Test func removesNothingThatARejectedRouteMayStillUse() throws {
        let listener = resource(.listener, "l")
        let old = service("v1") + service("other") + [listener, resource(.route, "r", "1", to: ["v1"])]
        var scene = try Scene.started(snapshot(1, old))
        let new = service("other", endpoints: "2") + [listener, resource(.route, "r", "bad")]
        #expect(scene.publish(snapshot(2, new)) == ["endpoint +other@2", "route +r@bad"])
        _ = try scene.ack(.endpoint)
        #expect(try scene.nack(.route, "no") == ["rejections", "delivered 2"])
        let mended = service("other", endpoints: "2") + [listener, resource(.route, "r", "3", to: ["other"])]
        #expect(scene.publish(snapshot(3, mended)) == ["rejections", "route +r@3"])
        #expect(try scene.ack(.route) == ["cluster -v1"])
    }

    @Test func holdsBackWhatGoesWithARejectedCluster() throws {
        let before = service("a") + [resource(.listener, "l"), resource(.route, "r"), resource(.route, "other")]
        var scene = try Scene.started(snapshot(1, before))
        let after =
            service("a") + [
                resource(.cluster, "bad", origin: route), resource(.listener, "l", "2", origin: route),
                resource(.route, "r", "2", origin: route), resource(.route, "other", "2"),
            ]
        #expect(scene.publish(snapshot(2, after)) == ["cluster +bad@1"])
        #expect(try scene.nack(.cluster, "bad: no") == ["rejections", "route +other@2"])
        #expect(try scene.ack(.route) == ["delivered 2"])
    }

    /// Also when the cluster was found to be rejected only after a response with others was.
    @Test func holdsBackWhatGoesWithAClusterThatWasFound() throws {
        var scene = try Scene.started(snapshot(1, service("a") + [resource(.listener, "l")]))
        let after =
            service("a", "2") + [
                resource(.cluster, "bad", origin: route), resource(.listener, "l", "2", origin: route),
            ]
        #expect(scene.publish(snapshot(2, after)).first == "cluster +a@2 +bad@1")
        _ = try scene.ack(.endpoint)
        #expect(try scene.nack(.cluster, "bad: no").first == "cluster +a@2")
        _ = try scene.ack(.endpoint)
        #expect(try scene.ack(.cluster) == ["cluster +bad@1"])
        #expect(try scene.nack(.cluster, "bad: no") == ["rejections", "delivered 2"])
    }

    @Test func splitsWhatIsLarge() throws {
        var options = PushOptions()
        options.responseBytes = 400
        let names = (1...9).map { "a\($0)" }
        var scene = Scene(options: options)
        _ = scene.publish(snapshot(1, names.map { resource(.cluster, $0) }))
        var seen: [String] = []
        var sent = try scene.receive(request(.cluster))
        while let text = sent.first {
            let parts = text.split(separator: " ").dropFirst().map { String($0.dropFirst().dropLast(2)) }
            #expect(parts.count < 9)
            seen += parts
            sent = try scene.ack(.cluster)
        }
        #expect(seen == names)
    }

    @Test func removesEndpointsOfAClusterThatStays() throws {
        var scene = try Scene.started(snapshot(1, service("a") + [resource(.listener, "l")]))
        #expect(scene.publish(snapshot(2, [resource(.cluster, "a"), resource(.listener, "l")])) == ["endpoint -a"])
        #expect(try scene.ack(.endpoint) == ["delivered 2"])
    }

    @Test func limitsTheNames() throws {
        var options = PushOptions()
        options.names = 3
        var scene = Scene(options: options)
        _ = try scene.receive(request(.route, subscribe: ["a", "b", "c"]))
        #expect(throws: XDSError.self) { try scene.receive(request(.route, subscribe: ["d"])) }
    }

    @Test func ignoresUnknownTypes() throws {
        var scene = Scene()
        #expect(try scene.receive(DeltaRequest(typeURL: "type.googleapis.com/nope")) == [])
    }

    @Test func tellsSinceWhenAChangeWaited() throws {
        let listener = resource(.listener, "l")
        var scene = try Scene.started(snapshot(1, service("a") + [listener]))
        let start = scene.now
        func generation(_ number: UInt64, at offset: Int) -> ProxySnapshot {
            var snapshot = snapshot(number, service("a", "\(number)") + [listener])
            snapshot.changedAt = start + .seconds(offset)
            return snapshot
        }
        _ = scene.machine.publish(generation(2, at: 5), now: start)
        _ = scene.machine.publish(generation(3, at: 6), now: start)
        let seen = try [ResourceType.endpoint, .cluster, .endpoint, .cluster].compactMap { type -> Duration? in
            let nonce = scene.machine.states[type].inFlight?.nonce ?? ""
            for case .delivered(_, let at?) in try scene.machine.receive(request(type, nonce: nonce), now: start) {
                return at - start
            }
            return nil
        }
        #expect(seen == [.seconds(5)])
    }

    // MARK: Answers that come late

    @Test func takesARejectionThatComesWhenAnotherResponseIsOut() throws {
        var scene = try Scene.started(snapshot(1, service("a") + service("b")))
        let second = service("a", "bad") + service("b", "2")
        _ = scene.publish(snapshot(2, second))
        let late = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        _ = scene.wait(.seconds(15))
        // Another batch follows before the first one is answered.
        #expect(scene.publish(snapshot(3, second + service("c"))) == ["cluster +c@1"])
        let next = scene.nonces[.cluster]
        #expect(try scene.answer(.cluster, to: late, "Error adding/updating cluster(s) a: no") == [])
        // What was good of the first goes out again, and the culprit is found.
        #expect(try scene.answer(.cluster, to: next) == ["cluster +b@2", "endpoint +b@1"])
        _ = try scene.ack(.endpoint)
        #expect(try scene.ack(.cluster) == ["cluster +a@bad", "endpoint +a@1"])
        _ = try scene.ack(.endpoint)
        #expect(try scene.nack(.cluster, "no").first == "rejections")
        #expect(scene.machine.rejections.map(\.name) == ["a"])
        #expect(scene.machine.reported == 3)
    }

    @Test func aLateRejectionOfOneResourceIsTold() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        _ = scene.publish(snapshot(2, service("a", "bad")))
        let late = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        _ = scene.wait(.seconds(15))
        _ = scene.publish(snapshot(3, service("a", "bad") + service("c")))
        let next = scene.nonces[.cluster]
        #expect(try scene.answer(.cluster, to: late, "no") == ["rejections"])
        #expect(scene.machine.rejections.map(\.version) == ["bad"])
        #expect(try scene.answer(.cluster, to: next).last == "delivered 3")
        #expect(scene.machine.rejections.map(\.version) == ["bad"])
    }

    @Test func aLateRejectionTellsWhatTheNextResponseWasBuiltOn() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        _ = scene.publish(snapshot(2, service("a", "bad")))
        let late = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        _ = scene.wait(.seconds(15))
        #expect(scene.publish(snapshot(3, service("a", "worse"))).first == "cluster +a@worse")
        let next = scene.nonces[.cluster]
        // Nobody wants that version any more, so nothing is to be told of it.
        #expect(try scene.answer(.cluster, to: late, "no") == [])
        _ = try scene.ack(.endpoint)
        #expect(try scene.answer(.cluster, to: next, "no").first == "rejections")
        #expect(scene.machine.states[.cluster].behind["a"] == .version("1"))
        // Back to what the client kept: nothing has to be sent.
        #expect(scene.publish(snapshot(4, service("a"))) == ["rejections", "delivered 4"])
    }

    /// Of a response that is rejected late, something may have to be removed by now, which has to wait for what still uses it.
    @Test func aSuspectThatWaitsForItsRemovalHoldsNothingUp() throws {
        var scene = try Scene.started(snapshot(1, service("a") + service("b") + [resource(.listener, "l")]))
        _ = scene.publish(snapshot(2, service("a", "bad") + service("b", "2") + [resource(.listener, "l")]))
        let late = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        _ = scene.wait(.seconds(15))
        let third = snapshot(3, service("a", "bad") + [resource(.cluster, "c"), resource(.listener, "l", "2")])
        #expect(scene.publish(third) == ["cluster +c@1"])
        let next = scene.nonces[.cluster]
        #expect(try scene.answer(.cluster, to: late, "Error adding/updating cluster(s) a: no") == [])
        #expect(try scene.answer(.cluster, to: next) == ["cluster +a@bad", "endpoint +a@1"])
        _ = try scene.ack(.endpoint)
        #expect(try scene.nack(.cluster, "no") == ["rejections", "listener +l@2"])
        #expect(try scene.ack(.listener) == ["cluster -b"])
        #expect(try scene.ack(.cluster) == ["delivered 3"])
    }

    @Test func removesWhatARejectedResponseMayHaveAdded() throws {
        var scene = try Scene.started(snapshot(1, service("a") + [resource(.listener, "l")]))
        let second = service("a", "bad") + [resource(.cluster, "b"), resource(.listener, "l")]
        #expect(scene.publish(snapshot(2, second)).first == "cluster +a@bad +b@1")
        let late = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        _ = scene.wait(.seconds(15))
        let third = snapshot(3, service("a", "3") + [resource(.listener, "l")])
        #expect(scene.publish(third) == ["cluster +a@3", "endpoint +a@1"])
        let next = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        #expect(try scene.answer(.cluster, to: late, "no") == [])
        // Envoy may have taken b nevertheless.
        #expect(try scene.answer(.cluster, to: next) == ["cluster -b"])
        #expect(try scene.ack(.cluster) == ["delivered 3"])
    }

    @Test func sendsWhatARejectedResponseMayHaveChanged() throws {
        let rest = [resource(.listener, "l")]
        var scene = try Scene.started(snapshot(1, service("a") + service("b") + rest))
        _ = scene.publish(snapshot(2, service("a", "bad") + service("b", "2") + rest))
        let late = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        _ = scene.wait(.seconds(15))
        #expect(scene.publish(snapshot(3, service("a", "bad") + service("b", "bad") + rest)).first == "cluster +b@bad")
        let next = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        _ = try scene.answer(.cluster, to: late, "b: no")
        _ = try scene.answer(.cluster, to: next, "no")
        _ = try scene.ack(.endpoint)
        _ = try scene.nack(.cluster, "no")
        #expect(scene.machine.rejections.map(\.name) == ["a", "b"])
        // Envoy may have b in version 2.
        let last = snapshot(4, service("a", "4") + service("b", "1") + rest)
        #expect(scene.publish(last).filter { $0 != "rejections" }.first == "cluster +a@4 +b@1")
    }

    @Test func isNotDoneWhileAnAnswerMayStillCome() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        _ = scene.publish(snapshot(2, service("a", "2")))
        let late = scene.nonces[.cluster]
        _ = try scene.ack(.endpoint)
        _ = scene.wait(.seconds(15))
        _ = scene.publish(snapshot(3, service("a", "2") + service("c")))
        let next = scene.nonces[.cluster]
        #expect(try scene.answer(.cluster, to: late) == [])
        #expect(scene.machine.reported == 1)
        #expect(try scene.answer(.cluster, to: next) == ["delivered 3"])
    }

    @Test func keepsFewAnswersThatDoNotCome() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        for generation in 2...40 {
            _ = scene.publish(snapshot(UInt64(generation), service("a", "\(generation)")))
            _ = try scene.ack(.endpoint)
            _ = scene.wait(.seconds(15))
        }
        #expect(scene.machine.states[.cluster].overdue.count == TypeState.overdueLimit)
        #expect(try scene.ack(.cluster) == ["delivered 40"])
        #expect(scene.machine.states[.cluster].overdue.isEmpty)
    }

    @Test func aNewerVersionThatIsAcceptedEndsARejection() throws {
        var scene = try Scene.started(snapshot(1, service("a") + [resource(.listener, "l")]))
        _ = scene.publish(snapshot(2, service("a", endpoints: "bad") + [resource(.listener, "l")]))
        let bad = scene.nonces[.endpoint]
        // Endpoints move on while the response is out.
        #expect(scene.publish(snapshot(3, service("a", endpoints: "3") + [resource(.listener, "l")])) == [])
        #expect(try scene.answer(.endpoint, to: bad, "no") == ["endpoint +a@3"])
        #expect(try scene.ack(.endpoint) == ["delivered 3"])
        #expect(scene.machine.rejections == [])
    }

    @Test func aNameThatIsNoLongerAskedForIsNotRejected() throws {
        var scene = try Scene.started(snapshot(1, service("a") + service("b")))
        _ = scene.publish(snapshot(2, service("a", endpoints: "bad") + service("b")))
        let bad = scene.nonces[.endpoint]
        _ = try scene.receive(request(.endpoint, unsubscribe: ["a"]))
        _ = try scene.answer(.endpoint, to: bad, "no")
        #expect(scene.machine.rejections == [])
    }

    // MARK: Clients that ask for too much

    @Test func aRejectionOfNamesThatAreNotThereIsNotTriedAgain() throws {
        var scene = try Scene.started(snapshot(1, service("a")))
        let names = (0..<1000).map { "none-\($0)" }
        #expect(try scene.receive(request(.route, subscribe: names)).count == 1)
        #expect(try scene.nack(.route, "no") == [])
        #expect(scene.machine.weight == 0)
    }

    @Test func limitsTheBytesOfNames() throws {
        var options = PushOptions()
        options.nameBytes = 3 * (100 + PushOptions.nameOverhead)
        var scene = Scene(options: options)
        func names(_ range: Range<Int>) -> [String] {
            range.map { "\($0)" + String(repeating: "n", count: 99) }
        }
        _ = try scene.receive(request(.route, subscribe: names(0..<2)))
        // All types together, and what is no longer asked for does not count.
        _ = try scene.receive(request(.endpoint, subscribe: names(0..<1)))
        #expect(throws: XDSError.self) { try scene.receive(request(.endpoint, subscribe: names(1..<2))) }
        scene = Scene(options: options)
        for number in 0..<9 {
            _ = try scene.receive(request(.route, subscribe: names(number..<number + 1)))
            _ = try scene.receive(request(.route, unsubscribe: names(number..<number + 1)))
        }
        let versions = Dictionary(uniqueKeysWithValues: names(0..<4).map { ($0, "1") })
        #expect(throws: XDSError.self) { try scene.receive(request(.cluster, versions: versions)) }
    }

    @Test func answersForNamesThatAreNotThereAreLimitedInBytes() throws {
        var options = PushOptions()
        options.responseBytes = 1000
        var scene = Scene(options: options)
        _ = scene.publish(snapshot(1, []))
        let names = (0..<100).map { "\($0)" + String(repeating: "n", count: 98) }
        var sent = try scene.receive(request(.route, subscribe: names))
        var responses = 0
        while let text = sent.first {
            #expect(text.utf8.count < 1200)
            responses += 1
            sent = try scene.ack(.route)
        }
        #expect(responses > 9)
    }

    @Test func keepsFewBytesOfWhatClientsSay() throws {
        let count = 200
        let clusters = (0..<count).map { resource(.cluster, "c\($0)", origin: route) }
        var options = PushOptions()
        options.responseBytes = 1
        var scene = Scene(options: options)
        _ = scene.publish(snapshot(1, clusters))
        _ = try scene.receive(request(.cluster))
        for _ in 0..<count { _ = try scene.nack(.cluster, String(repeating: "ä", count: 4096)) }
        #expect(scene.machine.rejections.count == count)
        #expect(scene.machine.rejectionBytes <= options.rejectionBytes + count * PushMachine.shortRejection)
        #expect(scene.machine.reportedRejections.count == 5)
    }

    /// The work that a rejection of many resources makes grows with their number, and not with its square.
    @Test func looksThroughAMessageOnce() {
        let entries = (0..<20_000).map {
            PushBatch.Entry(name: "cluster-\($0)", previous: .none, resource: resource(.cluster, "cluster-\($0)"))
        }
        let words = String(repeating: "cluster", count: 1000) + " (cluster-7): no, 'cluster-9': no"
        #expect(PushBatch.suspects(entries, after: words).dropFirst() == [["cluster-7"], ["cluster-9"]])
    }
}
