import CZlib

/// Moves bytes through a `z_stream` in pieces that zlib's 32-bit counters can hold.
enum Pump {
    enum Progress {
        case goOn
        case done
    }

    /// Bytes of output collected at a time.
    private static let pieceSize = 1 << 16
    /// The most bytes of input offered at a time.
    private static let inputSize = 1 << 30

    /// Calls `step` until it is done; `isLastInput` says that no input follows what the stream holds.
    static func run(
        _ bytes: [UInt8], _ stream: inout z_stream,
        step: (inout z_stream, _ isLastInput: Bool) throws(ZlibError) -> Progress,
        collect: (UnsafeMutableBufferPointer<UInt8>.SubSequence) throws(ZlibError) -> Void
    ) throws(ZlibError) {
        var piece = [UInt8](repeating: 0, count: pieceSize)
        // zlib reads the input through a pointer that C's header does not call const.
        var input = bytes
        try input.withUnsafeMutableBufferPointer { (input) throws(ZlibError) in
            try piece.withUnsafeMutableBufferPointer { (output) throws(ZlibError) in
                var offered = 0
                while true {
                    if stream.avail_in == 0, offered < input.count {
                        let count = min(input.count - offered, inputSize)
                        stream.next_in = input.baseAddress.map { $0 + offered }
                        stream.avail_in = UInt32(count)
                        offered += count
                    }
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(pieceSize)
                    let progress = try step(&stream, offered == input.count)
                    try collect(output[..<(pieceSize - Int(stream.avail_out))])
                    if case .done = progress { return }
                }
            }
        }
    }
}
