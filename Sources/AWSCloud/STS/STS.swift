import AWSSigning
import LibCurl

/// STS in one region: who the credentials are.
public struct STS: Sendable {
    /// AWS's name of the region.
    public let region: String
    let transport: AWSTransport

    init(transport: AWSTransport, region: String) {
        self.transport = transport
        self.region = region
    }

    /// Account and name that the credentials belong to; any credentials may ask.
    ///
    /// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    public func callerIdentity() async throws -> CallerIdentity {
        let call = AWSCall(
            service: "sts", operation: "GetCallerIdentity", region: region, method: .post,
            headers: [SignableRequest.Field("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array("Action=GetCallerIdentity&Version=2011-06-15".utf8), maximumResponseSize: 1 << 20)
        let tree = XMLTree.read(try await transport.send(call).body)
        guard let account = tree?.first("Account")?.text, let arn = tree?.first("Arn")?.text else {
            throw call.error(.unreadableAnswer, "AWS's answer can't be read: it has no account", attempts: 1)
        }
        return CallerIdentity(account: account, arn: arn, userID: tree?.first("UserId")?.text ?? "")
    }
}
