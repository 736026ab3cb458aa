import KubeTransport
import Testing

@Suite struct HTTPHeadersTests {
    @Test func namesCompareWithoutCaseAndKeepTheirSpelling() {
        let headers: HTTPHeaders = ["Retry-After": "5"]
        #expect(headers["retry-after"] == "5")
        #expect(headers["RETRY-AFTER"] == "5")
        #expect(headers["Retry_After"] == nil)
        #expect(headers.fields.map(\.name) == ["Retry-After"])
    }

    @Test func onlyLettersHaveACase() {
        let headers: HTTPHeaders = ["a@[": "1"]
        #expect(headers["A@["] == "1")
        #expect(headers["a`{"] == nil)
    }

    @Test func settingReplacesAndAddingKeeps() {
        var headers = HTTPHeaders([("Impersonate-Group", "a"), ("Accept", "x")])
        headers.add("impersonate-group", "b")
        #expect(headers.values(of: "Impersonate-Group") == ["a", "b"])
        #expect(headers["Impersonate-Group"] == "a")
        headers["Impersonate-Group"] = "c"
        #expect(headers.values(of: "Impersonate-Group") == ["c"])
        headers["Impersonate-Group"] = nil
        #expect(headers.fields.map(\.name) == ["Accept"])
    }
}
