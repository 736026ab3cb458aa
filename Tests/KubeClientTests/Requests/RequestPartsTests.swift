import JSON
import KubeModel
import Testing

@testable import KubeClient

@Suite struct RequestPartsTests {
    @Test func aQueryEscapesWhatCouldBeginAnotherParameter() {
        var query = Query()
        query.add("labelSelector", "a=b&c in (d,é)")
        query.add("empty", "")
        query.add("absent", nil)
        query.add("watch", true)
        query.add("no", false)
        #expect(query.text == "labelSelector=a%3Db%26c%20in%20%28d%2C%C3%A9%29&watch=true")
    }

    @Test func writeOptionsBecomeParameters() {
        let options = WriteOptions(fieldManager: "me", force: true, dryRun: true, fieldValidation: .strict)
        #expect(options.query(isApply: true).text == "fieldManager=me&force=true&dryRun=All&fieldValidation=Strict")
        #expect(options.query(isApply: false).text == "fieldManager=me&dryRun=All&fieldValidation=Strict")
        #expect(WriteOptions().query(isApply: true).text == "")
    }

    @Test func listOptionsBecomeParameters() {
        let options = ListOptions(
            labelSelector: LabelSelector(matchLabels: ["app": "web"]),
            fieldSelector: "metadata.name=x",
            limit: 500,
            continueToken: "t",
            resourceVersion: "0",
            resourceVersionMatch: .notOlderThan
        )
        #expect(
            options.query.text
                == "labelSelector=app%3Dweb&fieldSelector=metadata.name%3Dx&limit=500&continue=t&resourceVersion=0"
                + "&resourceVersionMatch=NotOlderThan"
        )
    }

    @Test func watchOptionsBecomeParameters() {
        let options = WatchOptions(resourceVersion: "7", timeoutSeconds: 200)
        #expect(options.query.text == "watch=true&resourceVersion=7&timeoutSeconds=200&allowWatchBookmarks=true")
        let initial = WatchOptions(allowBookmarks: true, sendInitialEvents: true)
        #expect(
            initial.query.text
                == "watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
        )
    }

    @Test func deleteOptionsAreABody() {
        let options = DeleteOptions(
            uid: UID("u"),
            resourceVersion: ResourceVersion(5),
            propagationPolicy: .foreground,
            gracePeriodSeconds: 0,
            dryRun: true
        )
        #expect(
            options.body.encodedText()
                == #"{"apiVersion":"v1","dryRun":["All"],"gracePeriodSeconds":0,"kind":"DeleteOptions","#
                + #""preconditions":{"resourceVersion":"5","uid":"u"},"propagationPolicy":"Foreground"}"#
        )
        #expect(DeleteOptions().body.encodedText() == #"{"apiVersion":"v1","kind":"DeleteOptions"}"#)
    }

    @Test func mediaTypesAskForProtobufOnlyWhereItIsRead() {
        #expect(MediaTypes.accept(DynamicObject.self, for: .list) == "application/json")
        #expect(
            MediaTypes.accept(Widget.self, for: .watch) == "application/vnd.kubernetes.protobuf,application/json"
        )
        #expect(
            MediaTypes.accept(ObjectMetaProjection.self, for: .list)
                == "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,"
                + "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
        )
        #expect(MediaTypes.accept(ObjectMetaProjection.self, for: .watch).contains("as=PartialObjectMetadata;"))
    }

    @Test(
        arguments: [
            (#"299 - "v1beta1 is deprecated""#, "v1beta1 is deprecated"),
            (#"299 kube "say \"hi\" \\" "Sat, 01 Jan 2022 00:00:00 GMT""#, #"say "hi" \"#),
            (#"199 - "other""#, nil), ("299 -", nil), (#"299 - "open"#, nil), ("", nil), (#"299 - open"#, nil),
        ] as [(String, String?)]
    )
    func warningsAreReadFromTheirField(value: String, text: String?) {
        #expect(WarningLog.text(of: value) == text)
    }
}
