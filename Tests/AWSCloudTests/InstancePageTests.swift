import FleetModel
import Foundation
import Testing

@testable import AWSCloud

@Suite struct InstancePageTests {
    private func read(_ document: [UInt8]) throws -> InstancePage {
        var page = InstancePage(region: "eu-west-1")
        try page.read(document)
        return page
    }

    @Test func everyFieldOfARealAnswerIsReadFromItsOwnPlace() throws {
        let page = try read(CannedPage.instances(2))
        #expect(page.nextToken == "bmV4dA==" && page.fault == nil)
        let second = try #require(page.instances.last)
        #expect(
            second
                == ObservedInstance(
                    instanceID: CannedPage.id(1), region: "eu-west-1", state: .stopped, instanceType: "t3.medium",
                    imageID: "ami-0abcdef1234567890", launchedAt: Instant(rfc3339: "2026-11-23T08:00:11Z"),
                    publicIP: "203.0.0.1",
                    privateIP: "172.31.0.1", vpcID: "vpc-0123456789abcdef0", subnetID: "subnet-0123456789abcdef0",
                    availabilityZone: "eu-west-1b", keyName: "acme-anna", clientToken: "acme-1",
                    instanceProfileARN: "arn:aws:iam::123456789012:instance-profile/acme-bot",
                    securityGroupIDs: ["sg-0123456789abcdef0"], volumeIDs: ["vol-root1", "vol-data1"],
                    tags: [
                        "Name": "linkedin-watch-1", "User Email": "anna+1@example.com", "Bot": "L&K <größer>",
                        "botfleet:fleet": "acme",
                        "botfleet:deployment": "linkedin-watch", "botfleet:generation": "1", "empty": "",
                        "team": "scrapers",
                    ], stateReason: "User initiated (2026-11-20 10:00:00 GMT)",
                    stoppedAt: Instant(rfc3339: "2026-11-20T10:00:00Z")))
    }

    @Test func aThousandInstancesAreAllReadInOrder() throws {
        let document = CannedPage.instances(1_000)
        #expect(document.count > 3_400_000)
        let clock = ContinuousClock()
        var page = InstancePage(region: "eu-west-1")
        let duration = try clock.measure { try page.read(document) }
        print("a page of 1,000 instances, \(document.count) bytes: \(duration)")
        #expect(page.instances.map(\.instanceID) == (0..<1_000).map { CannedPage.id($0) })
        #expect(Set(page.instances.map(\.state)) == [.running, .stopped, .launching, .terminated])
        #expect(
            page.instances.allSatisfy {
                $0.tags.count == 8 && $0.volumeIDs.count == 2 && $0.securityGroupIDs.count == 1
            })
    }

    @Test func groupsOfTheInterfaceCountWhereTheInstanceHasNone() throws {
        let document = String(decoding: CannedPage.instances(1), as: UTF8.self)
            .replacing("<item><groupId>sg-0123456789abcdef0</groupId><groupName>acme-anna</groupName></item>", with: "")
        #expect(try read(Array(document.utf8)).instances.first?.securityGroupIDs == ["sg-other"])
    }

    @Test func prefixedNamesAreReadAsPlainOnes() throws {
        let document = String(decoding: CannedPage.instances(2), as: UTF8.self)
            .replacing("</", with: "</ns0:").replacing("<", with: "<ns0:").replacing("<ns0:/ns0:", with: "</ns0:")
            .replacing("<ns0:?xml", with: "<?xml").replacing("xmlns=", with: "xmlns:ns0=")
        #expect(try read(Array(document.utf8)).instances == read(CannedPage.instances(2)).instances)
    }

    @Test func lastPageHasNoToken() throws {
        #expect(try read(CannedPage.instances(1, nextToken: nil)).nextToken == nil)
        #expect(try read(CannedPage.instances(1, nextToken: "")).nextToken == nil)
    }

    @Test func pageCutAnywhereIsAnErrorAndNeverAShorterPage() throws {
        let document = CannedPage.instances(3)
        for length in stride(from: 0, to: document.count - 1, by: 97) {
            let isRefused = (try? read(Array(document.prefix(length)))) == nil  // the fault's words don't matter here
            #expect(isRefused, "cut after \(length) bytes")
        }
    }

    @Test func entitiesOfADocumentsOwnAreNotResolved() {
        let bomb = """
            <!DOCTYPE a [<!ENTITY x "boom"><!ENTITY file SYSTEM "file:///etc/hostname">]>
            <DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>&file;&x;</instanceId>\
            <instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet></DescribeInstancesResponse>
            """
        var page = InstancePage(region: "r")
        do throws(MalformedXML) { try page.read(Array(bomb.utf8)) } catch { return }
        #expect(
            page.instances.allSatisfy { !$0.instanceID.contains("boom") } || page.fault != nil || page.instances.isEmpty
        )
        // Absent on some machines, and then nothing can leak.
        let host = try? String(contentsOfFile: "/etc/hostname", encoding: .utf8)
        #expect(page.instances.allSatisfy { host == nil || !$0.instanceID.contains(host ?? "") })
    }
}
