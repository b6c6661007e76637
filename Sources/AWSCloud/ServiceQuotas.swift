import AWSSigning
import FleetModel
import LibCurl

/// Service Quotas in one region: how much an account may have.
public struct ServiceQuotas: Sendable {
    /// AWS's name of the region.
    public let region: String
    let transport: AWSTransport

    init(transport: AWSTransport, region: String) {
        self.transport = transport
        self.region = region
    }

    /// The account's value of a quota of EC2; nil where the service knows none of this code.
    ///
    /// Source: https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    public func ec2Quota(_ code: String) async throws -> Double? {
        let body = try CanonicalJSON.encode(["QuotaCode": code, "ServiceCode": "ec2"])
        let call = AWSCall(
            service: "servicequotas", operation: "GetServiceQuota", region: region, method: .post,
            headers: [
                SignableRequest.Field("content-type", "application/x-amz-json-1.1"),
                SignableRequest.Field("x-amz-target", "ServiceQuotasV20190624.GetServiceQuota"),
            ],
            body: Array(body.utf8), maximumResponseSize: 1 << 20)
        do {
            let answer = try await transport.send(call)
            let text = String(decoding: answer.body, as: UTF8.self)
            // What can't be read is told below, with the call that it answers.
            guard let value = try? CanonicalJSON.decode(JSONValue.self, from: text), value["Quota"] != nil else {
                throw call.error(.unreadableAnswer, "AWS's answer can't be read: it has no quota", attempts: 1)
            }
            switch value["Quota"]?["Value"] {
            case .number(let number)?: return number
            case .integer(let number)?: return Double(number)
            default: return nil
            }
        } catch let error as AWSError where error.isNotFound {
            return nil
        }
    }
}
