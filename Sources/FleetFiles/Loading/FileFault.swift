/// Why a file of the repository was not read.
enum FileFault: Error, Equatable {
    case missing
    case linkToNothing(target: String)
    case linkLoop
    case leavesRepository
    case folder
    case special(String)
    case tooLarge(limit: Int)
    case failed(reason: String)

    /// Completes "this …" for a file that was come across by its name.
    var asFound: String {
        switch self {
        case .missing: "this file went away while it was read"
        case .linkToNothing(let target): "this symbolic link points to nothing (\(Quotation.quoted(target)))"
        case .linkLoop: "this symbolic link leads back to itself"
        case .leavesRepository: "this symbolic link leaves the repository; put the file itself here"
        case .folder: "this is a folder; names that end in .yaml or .yml are for files"
        case .special(let kind): "this is a \(kind), not a file"
        case .tooLarge(let limit): "this file is over \(limit / 1_048_576) MiB; split it"
        case .failed(let reason): "can't read this file: \(reason)"
        }
    }

    /// What is wrong with a file that a field names.
    func asNamed(_ path: String) -> String {
        let path = Quotation.quoted(path)
        return switch self {
        case .missing: "there is no file \(path)"
        case .linkToNothing(let target): "\(path) is a symbolic link to nothing (\(Quotation.quoted(target)))"
        case .linkLoop: "\(path) is a symbolic link that leads back to itself"
        case .leavesRepository: "\(path) leaves the repository; put the file itself into it"
        case .folder: "\(path) is a folder, not a file"
        case .special(let kind): "\(path) is a \(kind), not a file"
        case .tooLarge(let limit): "\(path) is over \(limit / 1_048_576) MiB"
        case .failed(let reason): "can't read \(path): \(reason)"
        }
    }
}
