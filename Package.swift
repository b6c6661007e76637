// swift-tools-version: 6.2
import PackageDescription

/// Every room is compiled in Swift 6 mode with warnings as errors; `any` is written where a protocol is a type.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// A room: a library target of this package. Its imports are checked against the table in docs/architecture.md.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: house)
}

/// The tests of a room, in Tests/<room>Tests.
/// What tests read beside them (goldens, scripts, fixtures) is named here so that it is not taken for source.
func tests(_ name: String, _ dependencies: [Target.Dependency], beside: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, exclude: beside, swiftSettings: house)
}

/// A C library installed by the system's package manager and found by pkg-config.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "botfleet",
    products: [.executable(name: "botfleet", targets: ["botfleet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        // C libraries, and one Swift face for each.
        system("CLibgit2", pkgConfig: "libgit2", apt: "libgit2-dev"),
        system("CLibyaml", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        system("CLibcurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CLibcrypto", pkgConfig: "openssl", apt: "libssl-dev"),
        system("CLibmysqlclient", pkgConfig: "mysqlclient", apt: "default-libmysqlclient-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        room("LibGit2", ["CLibgit2"]),
        room("LibYAML", ["CLibyaml"]),
        room("LibCurl", ["CLibcurl"]),
        room("LibCrypto", ["CLibcrypto"]),
        room("LibMySQL", ["CLibmysqlclient"]),
        room("LibZlib", ["CZlib"]),

        // The core: values and decisions.
        room("Diagnostics"),
        room("FleetModel", ["Diagnostics"]),
        room("Scheduling", ["FleetModel", "Diagnostics"]),
        room("FleetFiles", ["LibYAML", "FleetModel", "Diagnostics"]),
        room("Planning", ["FleetModel", "Scheduling", "Diagnostics", "LibCrypto"]),
        room("AWSSigning", ["LibCrypto"]),

        // The shell: what reads and changes the world.
        room("BotCatalog", ["LibGit2", "LibCrypto", "LibZlib", "FleetModel", "Diagnostics"]),
        room("AWSCloud", ["LibCurl", "LibCrypto", "AWSSigning", "FleetModel", "Diagnostics", logging]),
        room("FleetStore", ["LibMySQL", "LibCrypto", "FleetModel", "Diagnostics", logging]),
        // What an instance runs goes into its user data, so it is in the program itself.
        room(
            "InstanceAgent", ["FleetModel", "LibZlib"],
            resources: [
                "botfleet_agent.py", "botfleet_aws.py", "botfleet_bot.py", "botfleet-agent.service",
                "botfleet-bot.service", "install.sh",
            ].map { .embedInCode("Agent/\($0)") }),
        room(
            "Reconciling",
            [
                "Planning", "Scheduling", "FleetModel", "Diagnostics", "FleetFiles", "BotCatalog", "AWSCloud",
                "FleetStore", "InstanceAgent", "LibCrypto", "LibGit2", logging,
            ]),
        room(
            "Duties",
            [
                "Reconciling", "Scheduling", "FleetModel", "FleetFiles", "FleetStore", "BotCatalog", "InstanceAgent",
                "AWSCloud", "Diagnostics",
            ]),
        room(
            "Runner",
            [
                "Duties", "Reconciling", "Scheduling", "FleetModel", "FleetStore", "AWSCloud", "Diagnostics",
                "LibCrypto",
                logging,
                .product(name: "FlyingFox", package: "FlyingFox"), .product(name: "FlyingSocks", package: "FlyingFox"),
            ]),
        room("Views", ["Planning", "Scheduling", "FleetModel", "Diagnostics"]),
        room(
            "BotfleetCommands",
            [
                "Reconciling", "Planning", "Scheduling", "FleetModel", "Diagnostics", "FleetFiles", "BotCatalog",
                "AWSCloud", "FleetStore", "InstanceAgent", "Views", "LibCrypto", "LibGit2", "Duties", "Runner", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(name: "botfleet", dependencies: ["BotfleetCommands"], swiftSettings: house),

        // Tests: one folder a room, one for the built binary, one for the rules of the repository itself.
        .target(
            name: "FleetTestSupport", dependencies: ["FleetModel"], path: "Tests/FleetTestSupport",
            swiftSettings: house),
        tests("LibGit2", ["LibGit2", "FleetTestSupport"]),
        tests("LibYAML", ["LibYAML"]),
        tests("LibCurl", ["LibCurl", "FleetTestSupport"]),
        tests("LibCrypto", ["LibCrypto"]),
        tests("LibMySQL", ["LibMySQL", "FleetTestSupport"]),
        tests("LibZlib", ["LibZlib"]),
        tests("Diagnostics", ["Diagnostics"]),
        tests("FleetModel", ["FleetModel", "Diagnostics", "FleetTestSupport"], beside: ["Oracle"]),
        tests("Scheduling", ["Scheduling", "FleetModel", "Diagnostics", "FleetTestSupport"], beside: ["Oracle"]),
        tests("FleetFiles", ["FleetFiles", "FleetModel", "Diagnostics", "FleetTestSupport"]),
        tests("Planning", ["Planning", "FleetModel", "Scheduling", "Diagnostics", "FleetTestSupport"]),
        tests("AWSSigning", ["AWSSigning", "LibCrypto", "FleetTestSupport"], beside: ["botocore_signatures.py"]),
        tests("BotCatalog", ["BotCatalog", "FleetModel", "Diagnostics", "LibGit2", "FleetTestSupport"]),
        tests(
            "AWSCloud",
            ["AWSCloud", "AWSSigning", "FleetModel", "Diagnostics", "LibCurl", "FleetTestSupport", logging]),
        tests("FleetStore", ["FleetStore", "LibMySQL", "FleetModel", "FleetTestSupport"]),
        tests("InstanceAgent", ["InstanceAgent", "FleetModel", "FleetTestSupport", "LibZlib"]),
        tests(
            "Reconciling",
            [
                "Reconciling", "Planning", "FleetModel", "AWSCloud", "FleetStore", "FleetFiles", "BotCatalog",
                "FleetTestSupport", logging,
            ]),
        tests(
            "Duties",
            [
                "Duties", "Reconciling", "Scheduling", "FleetModel", "FleetStore", "AWSCloud", "FleetTestSupport",
                logging,
            ]),
        tests("Runner", ["Runner", "Duties", "Reconciling", "FleetModel"]),
        tests("Views", ["Views", "Planning", "Scheduling", "FleetModel", "Diagnostics", "FleetTestSupport"]),
        tests("Command", ["FleetTestSupport", "FleetModel"]),
        tests("Repository", ["FleetTestSupport"]),
        tests("FleetTestSupport", ["FleetTestSupport", "FleetModel"]),
    ]
)
