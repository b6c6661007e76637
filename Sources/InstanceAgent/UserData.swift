import FleetModel
import FoundationEssentials
import LibZlib

/// What an instance is told at its launch: who it is and where its work lies. No secret and no credential (SPEC 10).
public struct UserData: Hashable, Sendable, Codable {
    /// Grows when what is written here changes; instances take it at their next launch.
    public static let version = 2

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

    /// Where the agent's files lie on an instance.
    private static let library = "/usr/local/lib/botfleet"

    /// Its files: the agent, its services and what sets them up.
    static let files: [(path: String, mode: String, bytes: [UInt8])] = [
        ("\(library)/botfleet_agent.py", "0644", PackageResources.botfleet_agent_py),
        ("\(library)/botfleet_aws.py", "0644", PackageResources.botfleet_aws_py),
        ("\(library)/botfleet_bot.py", "0644", PackageResources.botfleet_bot_py),
        ("/etc/systemd/system/botfleet-agent.service", "0644", PackageResources.botfleet_agent_service),
        ("/etc/systemd/system/botfleet-bot.service", "0644", PackageResources.botfleet_bot_service),
        ("\(library)/install.sh", "0755", PackageResources.install_sh),
    ]

    /// cloud-config that writes `/etc/botfleet/instance.json`, readable by everyone, and the agent, and sets it up.
    ///
    /// Files are literal blocks: base64 of them would hardly be compressed.
    /// Source: https://cloudinit.readthedocs.io/en/latest/reference/modules.html#write-files
    public func cloudConfig() throws -> String {
        let json = try CanonicalJSON.encode(self)
        var text = """
            #cloud-config
            write_files:
              - path: /etc/botfleet/instance.json
                permissions: '0644'
                encoding: b64
                content: \(Data(json.utf8).base64EncodedString())

            """
        for file in UserData.files {
            text += "  - path: \(file.path)\n    permissions: '\(file.mode)'\n    content: |\n"
            for line in String(decoding: file.bytes, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false
            ).dropLast() {
                text += line.isEmpty ? "\n" : "      \(line)\n"
            }
        }
        return text + "runcmd:\n  - [sh, \(UserData.library)/install.sh]\n"
    }

    /// The cloud-config as EC2 takes it: compressed, which cloud-init undoes by itself, and base64. AWS takes 16 KB before
    /// base64.
    public func encoded() throws -> String {
        Data(try Gzip.compress(Array(try cloudConfig().utf8))).base64EncodedString()
    }
}
