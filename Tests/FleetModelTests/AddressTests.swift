import FleetModel
import Testing

@Suite struct AddressTests {
    @Test func everyKindIsWrittenAndReadBack() throws {
        let addresses: [(Address, String)] = [
            (.fleet("acme"), "fleet.acme"), (.region("eu-west-1"), "region.eu-west-1"),
            (.user("Anna@Example.com"), "user.anna@example.com"), (.schedule("office-hours"), "schedule.office-hours"),
            (.bot("on"), "bot.on"), (.bundle("on"), "bundle.on"), (.deployment("watch"), "deployment.watch"),
            (.instance("watch-2"), "instance.watch-2"),
            (
                .securityGroup(region: "eu-west-1", user: "Anna@example.com"),
                "security_group.eu-west-1/anna@example.com"
            ),
            (.keyPair(region: "eu-west-1", user: "anna@example.com"), "key_pair.eu-west-1/anna@example.com"),
        ]
        #expect(Set(addresses.map(\.0.kind)) == Set(Address.Kind.allCases))
        for (address, text) in addresses {
            #expect(address.description == text)
            #expect(Address(text) == address)
            #expect(try CanonicalJSON.decode(Address.self, from: CanonicalJSON.encode(address)) == address)
        }
    }

    @Test(arguments: ["", "instance", "instance.", ".watch", "Instance.watch", "server.watch", "security-group.x"])
    func textsThatAreNoAddressAreNil(text: String) {
        #expect(Address(text) == nil)
    }

    @Test func aKeyMayHoldDots() {
        #expect(Address("user.a.b@example.com")?.key == "a.b@example.com")
    }

    @Test func onlyGroupsAndKeyPairsHaveARegionAndAUser() {
        let group = Address.securityGroup(region: "eu-west-1", user: "a@example.com")
        #expect(group.regionAndUser?.region == "eu-west-1" && group.regionAndUser?.user == "a@example.com")
        #expect(Address.instance("a/b").regionAndUser == nil)
        #expect(Address(.keyPair, "nothing").regionAndUser == nil)
    }

    @Test func addressesAreOrderedByKindAndThenByNumbersInTheirOrder() {
        #expect(Address.Kind.allCases.map(\.order) == Array(0..<Address.Kind.allCases.count))
        let sorted = [Address.instance("b-10"), .instance("b-2"), .user("z@x"), .fleet("z"), .instance("a")].sorted()
        #expect(sorted.map(\.description) == ["fleet.z", "user.z@x", "instance.a", "instance.b-2", "instance.b-10"])
    }
}
