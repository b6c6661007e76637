import Foundation
import Glibc

/// Writing to a child that reads no more must be an error, not this process's end.
private let brokenPipesAreErrors: Void = {
    _ = signal(SIGPIPE, SIG_IGN)
}()

private typealias AddCloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
private typealias AddChangeFolder =
    @convention(c) (
        UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>
    ) -> Int32

/// A function of glibc 2.34 that its headers show to GNU C alone, and so not to Swift.
private func function<Function>(_ name: String) -> Function? {
    dlsym(nil, name).map { unsafeBitCast($0, to: Function.self) }
}

/// Starts a program in a new process group, with default signals and no descriptors but the three pipes.
func spawn(_ command: [String], environment: [String: String], in folder: URL?, pipes: ChildPipes) throws -> pid_t {
    _ = brokenPipesAreErrors
    func fail(_ code: Int32) -> CommandFailure {
        CommandFailure(command: command, problem: "could not be started: \(String(cString: strerror(code)))")
    }
    guard let name = command.first, let program = lookUp(name, path: environment["PATH"]) else { throw fail(ENOENT) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, end) in pipes.child.enumerated() {
        posix_spawn_file_actions_adddup2(&actions, end, Int32(descriptor))
    }
    // What other code of this process left open, a database's socket say, would otherwise outlive it in the child.
    guard let addCloseFrom: AddCloseFrom = function("posix_spawn_file_actions_addclosefrom_np"),
        let addChangeFolder: AddChangeFolder = function("posix_spawn_file_actions_addchdir_np")
    else { throw fail(ENOSYS) }
    _ = addCloseFrom(&actions, 3)
    if let folder { _ = addChangeFolder(&actions, folder.path(percentEncoded: false)) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let arguments = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer {
        for pointer in arguments + variables { free(pointer) }
    }
    var id: pid_t = 0
    let code = posix_spawn(&id, program, &actions, &attributes, arguments, variables)
    guard code == 0 else { throw fail(code) }
    return id
}

/// The file that a name means: itself where it has a slash, else the first executable of that name on the PATH.
private func lookUp(_ name: String, path: String?) -> String? {
    if name.contains("/") { return name }
    return (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        .map { "\($0)/\(name)" }
        .first { access($0, X_OK) == 0 }
}
