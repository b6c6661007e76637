import AWSSigning
import FoundationEssentials

/// Access keys in the profile files of the AWS CLI.
///
/// The profile is `AWS_PROFILE`, else `default`; the files are `AWS_SHARED_CREDENTIALS_FILE`, else ~/.aws/credentials,
/// and
/// `AWS_CONFIG_FILE`, else ~/.aws/config; a key in the first wins. Profiles that must ask someone for a key (roles,
/// sign-in, processes) are named as such and refused.
public struct ProfileCredentials: CredentialsProvider {
    /// The most bytes of a file that are read; real ones have a few thousand.
    private static let maximumFileSize = 1 << 20

    private let environment: [String: String]

    /// Finds profile and files by these variables (`HOME` among them).
    public init(environment: [String: String]) { self.environment = environment }

    /// The profile's name, in words.
    public var name: String { "profile '\(profile)'" }

    /// The credentials found now, or why there are none.
    public func credentials() async throws(CredentialsFailure) -> AWSCredentials {
        let files = [
            file("AWS_SHARED_CREDENTIALS_FILE", "credentials"), file("AWS_CONFIG_FILE", "config"),
        ]
        var known: Set<String> = []
        var settings: [String: String]?
        var missing: [String] = []
        for (index, file) in files.enumerated() {
            guard let text = try read(file) else {
                missing.append("\(file) does not exist")
                continue
            }
            let profiles = index == 0 ? text.sections : ProfileCredentials.profiles(ofConfig: text.sections)
            known.formUnion(profiles.keys)
            if let found = profiles[profile] { settings = (settings ?? [:]).merging(found) { old, _ in old } }
        }
        guard let settings else { throw absence(known: known, missing: missing, files: files) }
        return try keys(in: settings, files: files)
    }

    private var profile: String {
        environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 } ?? "default"
    }

    /// A profile that was asked for by name must be there; `default` need not.
    private func absence(known: Set<String>, missing: [String], files: [String]) -> CredentialsFailure {
        if environment["AWS_PROFILE"].map(\.isEmpty) ?? true {
            let present = files.filter { file in !missing.contains("\(file) does not exist") }
            return .none(missing + present.map { "\($0) has no profile 'default'" })
        }
        let names = known.isEmpty ? "there are none" : "there are \(known.sorted().joined(separator: ", "))"
        return .unusable(
            "AWS_PROFILE is '\(profile)', but \(files.joined(separator: " and ")) have no such profile; \(names)")
    }

    private func keys(in settings: [String: String], files: [String]) throws(CredentialsFailure) -> AWSCredentials {
        switch (settings["aws_access_key_id"], settings["aws_secret_access_key"]) {
        case (let key?, let secret?):
            return AWSCredentials(
                accessKeyID: key, secretAccessKey: secret, sessionToken: settings["aws_session_token"])
        case (_?, nil): throw .unusable("\(name) has aws_access_key_id, but not aws_secret_access_key")
        case (nil, _?): throw .unusable("\(name) has aws_secret_access_key, but not aws_access_key_id")
        case (nil, nil): break
        }
        let indirect = ["role_arn", "sso_session", "sso_start_url", "credential_process", "web_identity_token_file"]
        if let setting = indirect.first(where: { settings[$0] != nil }) {
            throw .unusable(
                "\(name) gets its key by \(setting), which botfleet can't do yet; give it a key with "
                    + "'eval \"$(aws configure export-credentials --profile \(profile) --format env)\"'")
        }
        throw .none(["\(name) in \(files.joined(separator: " and ")) has no access key"])
    }

    /// In the config file a profile's section is `[profile NAME]`, but the default's is `[default]`.
    private static func profiles(ofConfig sections: [String: [String: String]]) -> [String: [String: String]] {
        var profiles: [String: [String: String]] = [:]
        for (section, settings) in sections {
            if section == "default" || section.hasPrefix("profile ") {
                profiles[section == "default" ? section : String(section.dropFirst("profile ".count))] = settings
            }
        }
        return profiles
    }

    private func file(_ variable: String, _ standard: String) -> String {
        let home = environment["HOME"] ?? ""
        guard let named = environment[variable], !named.isEmpty else { return "\(home)/.aws/\(standard)" }
        return named.hasPrefix("~/") ? home + named.dropFirst() : named
    }

    /// The file's text; nil where there is no such file.
    private func read(_ file: String) throws(CredentialsFailure) -> ProfileText? {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let data: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
            guard let size, size <= ProfileCredentials.maximumFileSize else {
                throw CredentialsFailure.unusable("\(file) is over 1 MiB, which no profile file is")
            }
            data = try Data(contentsOf: URL(filePath: file))
        } catch let failure as CredentialsFailure {
            throw failure
        } catch {
            throw .unusable("\(file) can't be read: \(error)")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw .unusable("\(file) is not UTF-8") }
        return ProfileText(text)
    }
}
