import Foundation

extension [UInt8] {
    /// Foundation's word on what base64 is.
    var base64: String { Data(self).base64EncodedString() }
}
