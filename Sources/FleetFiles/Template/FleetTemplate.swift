/// The files that `botfleet init DIR` writes: a small fleet that validates, with comments that say what may be changed.
public enum FleetTemplate {
    /// A file to write.
    public struct File: Hashable, Sendable {
        /// Relative to the new repository, with `/`.
        public var path: String
        /// UTF-8, ends with a line break.
        public var text: String
        /// Whether its owner may run it.
        public var isExecutable: Bool

        /// A file of a template.
        public init(path: String, text: String, isExecutable: Bool = false) {
            self.path = path
            self.text = text
            self.isExecutable = isExecutable
        }
    }

    /// The files of a new fleet, by path.
    /// - Parameter fleetName: satisfies `Name.isValid`; also names the bucket, `NAME-bots`.
    public static func files(fleetName: String) -> [File] {
        [
            File(path: ".gitignore", text: gitignore),
            File(path: "README.md", text: readme(fleetName)),
            File(path: "bots/hello.yaml", text: bot),
            File(path: "bots/hello/hello.custom.js", text: script),
            File(path: "bots/hello/package.json", text: package),
            File(path: "fleet/deployments/hello.yaml", text: deployment),
            File(path: "fleet/fleet.yaml", text: settings(fleetName)),
            File(path: "fleet/regions.yaml", text: regions),
            File(path: "fleet/users.yaml", text: users),
            File(path: "schedules/office-hours.yaml", text: schedule),
        ]
    }
}
