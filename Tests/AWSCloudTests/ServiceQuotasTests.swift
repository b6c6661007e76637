import AWSCloud
import FleetModel
import FleetTestSupport
import Testing

/// What Service Quotas answers, in its JSON protocol.
@Suite struct ServiceQuotasTests {
    private func quota(status: Int = 200, _ body: String) async throws -> (
        value: Double?, request: ScriptedServer.Request?
    ) {
        let server = try ScriptedServer { _, _ in [.answer(status, body)] }
        let value = try await TestClouds.at(server.url).quotas(region: "eu-west-1")
            .ec2Quota(Region.vcpuQuota)
        return (value, server.requests.first)
    }

    @Test func valueIsReadAndTheRequestNamesServiceAndCode() async throws {
        let (value, request) = try await quota(
            #"{"Quota": {"QuotaCode": "L-1216C47A", "Value": 64.0, "Unit": "None"}}"#)
        #expect(value == 64)
        #expect(request?.text == #"{"QuotaCode":"L-1216C47A","ServiceCode":"ec2"}"#)
        #expect(request?.headers["x-amz-target"] == "ServiceQuotasV20190624.GetServiceQuota")
        #expect(request?.headers["authorization"]?.contains("/eu-west-1/servicequotas/aws4_request") == true)
    }

    @Test func quotaThatAWSDoesNotKnowIsNone() async throws {
        let (value, _) = try await quota(
            status: 400, #"{"__type": "com.amazonaws.servicequotas#NoSuchResourceException", "Message": "none"}"#)
        #expect(value == nil)
    }

    @Test func deniedQuotaSaysSo() async throws {
        let error = try #require(
            await #expect(throws: AWSError.self) {
                _ = try await quota(
                    status: 400, #"{"__type": "AccessDeniedException", "message": "not authorized to perform this"}"#)
            })
        #expect(error.isUnauthorized && error.message == "not authorized to perform this")
    }

    @Test func answerWithoutAQuotaIsUnreadable() async throws {
        for body in ["{}", "[]", "<html>"] {
            let error = await #expect(throws: AWSError.self) { _ = try await quota(body) }
            #expect(error?.code == .unreadableAnswer)
        }
    }
}

/// Listings of many pages.
@Suite struct ListingTests {
    private static func page(_ number: Int) -> String {
        let next = number < 20 ? "<nextToken>\(number + 1)</nextToken>" : ""
        return """
            <DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-\(number)</instanceId>\
            <imageId>ami-1</imageId><instanceState><code>16</code><name>running</name></instanceState>\
            <instanceType>t3.micro</instanceType></item></instancesSet></item></reservationSet>\(next)</DescribeInstancesResponse>
            """
    }

    @Test func pageSevenOfTwentyThatFailsFailsTheWholeAndTheNextListingIsComplete() async throws {
        let refusal =
            "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>"
        let server = try ScriptedServer { request, number in
            let asked = request.text.split(separator: "&").first { $0.hasPrefix("NextToken=") }
            let page = asked.flatMap { Int($0.dropFirst(10)) } ?? 1
            return [number == 6 ? .answer(403, refusal) : .answer(200, Self.page(page))]
        }
        let ec2 = try TestClouds.at(server.url).ec2(region: "eu-west-1")
        let error = await #expect(throws: AWSError.self) { _ = try await ec2.instances() }
        #expect(error?.isUnauthorized == true)
        #expect(server.requests.count == 7)
        #expect(try await ec2.instances().map(\.instanceID) == (1...20).map { "i-\($0)" })
    }
}
