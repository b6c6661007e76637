extension Array {
    /// Consecutive parts of at most `size` elements, in order; none for an empty array.
    public func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
