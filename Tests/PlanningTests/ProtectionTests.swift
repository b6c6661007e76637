import FleetModel
import Planning
import Testing

/// A protected deployment's instances are neither deleted nor replaced (SPEC 4).
@Suite struct ProtectionTests {
    private func protected(_ change: (inout Deployment) -> Void = { _ in }) throws -> FleetFixture {
        try FleetFixture.applied(
            .web(count: 2) {
                $0.protect = true
                change(&$0)
            }, .web("other"))
    }

    private func message(_ instance: String, _ what: String, at place: String = "fleet/deployments/web.yaml:1:1")
        -> String
    {
        "\(place): error: 'instance.\(instance)' would be \(what), but deployment 'web' is protected "
            + "(set protect: false and apply that first)"
    }

    @Test func smallerCountIsAnError() throws {
        var fixture = try protected()
        try fixture.edit("web") { $0.count = 1 }
        #expect(try fixture.errors() == [message("web-2", "deleted (beyond its deployment's count)")])
    }

    @Test func replacementIsAnError() throws {
        var fixture = try protected()
        #expect(
            try fixture.errors(PlanOptions(replacements: [.instance("web-1")])) == [
                message("web-1", "replaced (asked for by --replace)")
            ])
        try fixture.edit("web") { $0.image = "ami-new" }
        #expect(
            try fixture.errors() == [
                message("web-1", "replaced (its image changed)"), message("web-2", "replaced (its image changed)"),
            ])
    }

    @Test func removedFileIsAnErrorForWhatIsRecorded() throws {
        var fixture = try protected()
        fixture.deployments.removeFirst()
        let place = "fleet/fleet.yaml:1:1"
        let why = "deleted (its deployment is in no file any more)"
        #expect(
            try fixture.errors() == [
                "\(place): error: 'deployment.web' would be deleted (no file declares it), but it is protected "
                    + "(set protect: false and apply that first)",
                message("web-1", why, at: place), message("web-2", why, at: place),
            ])
    }

    @Test func removedFileOfADeploymentWithoutInstancesIsAnErrorToo() throws {
        var fixture = try protected { $0.count = 0 }
        fixture.deployments.removeFirst()
        #expect(
            try fixture.errors() == [
                "fleet/fleet.yaml:1:1: error: 'deployment.web' would be deleted (no file declares it), but it is protected "
                    + "(set protect: false and apply that first)"
            ])
    }

    @Test func protectionIsNotClearedByTheEditThatNeedsIt() throws {
        var fixture = try protected()
        try fixture.edit("web") {
            $0.protect = false
            $0.count = 1
        }
        #expect(try fixture.errors() == [message("web-2", "deleted (beyond its deployment's count)")])
    }

    @Test func protectionIsClearedByAnApplyOfItsOwn() throws {
        var fixture = try protected()
        try fixture.edit("web") { $0.protect = false }
        #expect(try fixture.errors() == [])
        try fixture.apply()
        try fixture.edit("web") { $0.count = 1 }
        #expect(try fixture.errors() == [])
        #expect(try fixture.changes() == ["update deployment.web", "delete instance.web-2"])
        fixture.deployments.removeFirst()
        #expect(try fixture.errors() == [])
    }

    @Test func protectionHoldsFromTheEditThatSetsIt() throws {
        var fixture = try FleetFixture.applied(.web(count: 2))
        try fixture.edit("web") {
            $0.protect = true
            $0.count = 1
        }
        #expect(try fixture.errors() == [message("web-2", "deleted (beyond its deployment's count)")])
    }

    @Test func protectionOfTheRecordedDeploymentCountsThoughItsInstancesDoNotSaySo() throws {
        // An apply that recorded the definition and failed at an instance.
        var fixture = try FleetFixture.applied(.web())
        let before = fixture.recorded.instances
        try fixture.edit("web") { $0.protect = true }
        try fixture.apply()
        fixture.recorded.instances = before
        fixture.deployments = []
        #expect(try fixture.errors().count == 2)
    }

    @Test func changesInPlaceStopsAndRestoresAreAllowed() throws {
        var fixture = try protected { $0.whenLost = .restore }
        try fixture.byHand("web-1") { $0.state = .terminated }
        try fixture.edit("web") {
            $0.instanceTypes = ["c5.large"]
            $0.power = .state(.stopped)
            $0.count = 3
        }
        #expect(try fixture.errors() == [])
        #expect(
            try fixture.changes() == [
                "update deployment.web", "restore instance.web-1", "update instance.web-2", "create instance.web-3",
            ])
    }

    @Test func storageThatShrinksIsAnErrorOfItsOwn() throws {
        var fixture = try protected()
        try fixture.edit("web") { $0.storageGB = 8 }
        #expect(try fixture.errors().count == 2)
    }

    @Test func unprotectedNeighbourMayGo() throws {
        var fixture = try protected()
        fixture.deployments.removeLast()
        #expect(try fixture.errors() == [])
    }

    @Test func targetThatLeavesTheProtectedAloneIsNoError() throws {
        var fixture = try protected()
        try fixture.edit("web") { $0.count = 1 }
        try fixture.edit("other") { $0.storageGB = 40 }
        #expect(try fixture.errors(PlanOptions(targets: [.deployment("other")])) == [])
        #expect(try fixture.errors(PlanOptions(targets: [.deployment("web")])).count == 1)
    }
}
