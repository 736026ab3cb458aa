import KubeModel
import Testing

struct QuantityTests {
    @Test(
        arguments: [
            ("1", "1000m"), ("0.5", "500m"), ("1Gi", "1073741824"), ("1Ki", "1024"), ("1k", "1000"), ("1e3", "1k"),
            ("1E3", "1000"),
            ("100n", "0.0000001"), ("1.5Gi", "1536Mi"), ("+1", "1"), (".5", "0.5"), ("5.", "5"), ("2E", "2000P"),
            ("-1", "-1000m"),
            ("0", "0Gi"),
        ]
    )
    func twoSpellingsOfAnAmountAreEqual(left: String, right: String) throws {
        #expect(try #require(Quantity(left)) == #require(Quantity(right)))
    }

    @Test(arguments: [("1", "2"), ("999m", "1"), ("1G", "1Gi"), ("-1", "0"), ("1n", "2n")])
    func amountsHaveAnOrder(less: String, more: String) throws {
        #expect(try #require(Quantity(less)) < #require(Quantity(more)))
    }

    @Test(arguments: ["", " 1", "1 ", "Gi", "1gi", "1KiB", "1e", "e3", "1ee3", "--1", "1,5", "0x10", "1e99", ".", "１"])
    func whatIsNoQuantityIsRefused(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test func finerThanABillionthIsRoundedUp() throws {
        #expect(try #require(Quantity("0.0000000001")) == #require(Quantity("1n")))
    }

    @Test func anAmountBeyondAllMeasureIsRefusedAndNotTrapped() {
        #expect(Quantity("999999999999999999999999999999999999E") == nil)
        #expect(Quantity(String(repeating: "9", count: 10_000)) == nil)
    }
}
