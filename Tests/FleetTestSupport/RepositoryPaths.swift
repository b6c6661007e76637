import Foundation

/// The folder of this package: where Package.swift, scripts/ and fleet/ stand.
///
/// Found from where this file was compiled, links resolved, so tests may be run from anywhere.
public let repositoryRoot: URL = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent()  // FleetTestSupport
    .deletingLastPathComponent()  // Tests
    .deletingLastPathComponent()

/// The built `botfleet`, which lies beside the running test program in SwiftPM's build folder; BOTFLEET_TEST_BINARY names another
/// one, such as a release build.
public var botfleetBinary: URL {
    if let other = ProcessInfo.processInfo.environment["BOTFLEET_TEST_BINARY"], !other.isEmpty {
        return URL(filePath: other)
    }
    return URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()
        .appending(path: "botfleet")
}
