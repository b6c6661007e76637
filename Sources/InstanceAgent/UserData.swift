import FleetModel
import FoundationEssentials

/// What an instance is told at its launch: who it is and where its work lies. No secret and no credential (SPEC 10).
public struct UserData: Hashable, Sendable, Codable {
    /// Grows when what is written here changes; instances take it at their next launch.
    public static let version = 1

    /// The layout that it was written in, and so how old an instance's user data is.
    public var version: Int
    /// The fleet's name, as in the tag `botfleet:fleet`.
    public var fleet: String
    /// The instance's name, which tells the agent which params.json is its own.
    public var instance: String
    /// The bucket of params.json, bundles and results.
    public var bucket: String
    /// The fleet's home region, where the bucket and SSM parameters are; not the instance's own.
    public var region: String
    /// Another S3 endpoint than AWS's own; nil on AWS.
    public var endpoint: String?

    /// What an instance of this name is told, in the newest layout.
    public init(fleet: String, instance: String, bucket: String, region: String, endpoint: String? = nil) {
        self.version = UserData.version
        self.fleet = fleet
        self.instance = instance
        self.bucket = bucket
        self.region = region
        self.endpoint = endpoint
    }

    /// cloud-config that writes `/etc/botfleet/instance.json`, readable by everyone, for the agent.
    ///
    /// Source: https://cloudinit.readthedocs.io/en/latest/reference/modules.html#write-files
    public func cloudConfig() throws -> String {
        let json = try CanonicalJSON.encode(self)
        let content = Data(json.utf8).base64EncodedString()
        return """
            #cloud-config
            write_files:
              - path: /etc/botfleet/instance.json
                permissions: '0644'
                encoding: b64
                content: \(content)

            """
    }
}
