import FleetTestSupport
import Foundation

/// botocore's signer, run as a Python process: another's word on what a signature must be.
enum Botocore {
    struct Case: Encodable {
        var method = "GET"
        var scheme = "https"
        var host: String
        var path = "/"
        var query: [[String]] = []
        var headers: [[String]] = []
        var body: [UInt8] = []
        var service: String
        var region = "eu-west-1"
        var key = "AKIDEXAMPLE"
        var secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        var token: String?
        var time: Int64 = 1_795_471_200
        /// Seconds until a presigned link expires; nil for signed headers.
        var presign: Int?
    }

    struct Answer: Decodable {
        var path: String
        var authorization: String?
        var date: String?
        var token: String?
        var digest: String?
        var signature: String?
        var query: [String: [String]]?
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What botocore makes of each case.
    static func sign(_ cases: [Case]) async throws -> [Answer] {
        let script = repositoryRoot.appending(path: "Tests/AWSSigningTests/botocore_signatures.py").path
        let input = String(decoding: try JSONEncoder().encode(cases), as: UTF8.self)
        let result = try await run([python, script], stdin: input)
        guard result.status == 0 else {
            throw Failure(
                description: "python with botocore is missing or failed; scripts/setup installs it:\n\(result.errors)")
        }
        return try JSONDecoder().decode([Answer].self, from: result.standardOutput)
    }

    /// `BOTFLEET_PYTHON`, else the sandbox's, else the system's.
    private static var python: String {
        if let named = ProcessInfo.processInfo.environment["BOTFLEET_PYTHON"], !named.isEmpty { return named }
        let own = repositoryRoot.appending(path: ".sandbox/venv/bin/python").path
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }
}
