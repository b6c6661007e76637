import FleetModel
import Testing

@Suite struct SecretTests {
    private struct Holder {
        var name = "db"
        var password = Secret("s3cr3t-value")
        var others = [Secret("s3cr3t-value")]
        var optional: Secret? = Secret("s3cr3t-value")
    }

    @Test func aSecretIsNeverPrintedHoweverItIsPrinted() {
        let holder = Holder()
        var dumped = ""
        dump(holder, to: &dumped)
        dump(holder.password, to: &dumped)
        var printed = ""
        print(holder, holder.password, holder.others, holder.optional as Any, to: &printed)
        debugPrint(holder, holder.password, to: &printed)
        let texts = [
            dumped, printed, "\(holder)", "\(holder.password)", String(describing: holder.password),
            String(reflecting: holder.password), String(reflecting: holder), "\(String(describing: holder.optional))",
        ]
        for text in texts {
            #expect(!text.contains("s3cr3t"), "\(text)")
        }
        #expect("\(holder.password)" == "<redacted>")
        #expect(Mirror(reflecting: holder.password).children.isEmpty)
    }

    @Test func onlyRevealGivesIt() {
        #expect(Secret("x").reveal() == "x")
        #expect(Secret("x") == Secret("x") && Secret("x") != Secret("y"))
    }
}
