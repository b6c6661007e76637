import AWSSigning
import FleetModel
import LibCrypto
import LibCurl

/// Deleting many objects. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
extension S3 {
    /// Objects that one call deletes, at most.
    private static let deletedAtOnce = 1000

    /// Deletes objects by the thousand; one that is not there is no error.
    ///
    /// - Throws: `AWSError`, also where S3 kept some of them; the rest is deleted then all the same.
    public func deleteObjects(bucket: String, keys: [String]) async throws {
        for batch in keys.batches(of: S3.deletedAtOnce) {
            var call = call("DeleteObjects", .post, bucket, query: [("delete", "")])
            let objects = batch.map { "<Object><Key>\(S3.escaped($0))</Key></Object>" }.joined()
            let body = Array("<Delete><Quiet>true</Quiet>\(objects)</Delete>".utf8)
            call.body = body
            call.headers = [
                SignableRequest.Field("content-type", "application/xml"),
                // S3 asks for it of this call alone.
                SignableRequest.Field("content-md5", try MD5.base64(body)),
            ]
            let response = try await transport.send(call)
            // Quiet: only what could not be deleted is named.
            let answer = String(decoding: response.body, as: UTF8.self)
            if answer.contains("<Error>") {
                throw call.error(.unreadableAnswer, "S3 kept some objects: \(answer.prefix(300))", attempts: 1)
            }
        }
    }

    /// As XML writes it; control characters by number, which is as near as XML comes.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{0}"..<"\u{20}": result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
