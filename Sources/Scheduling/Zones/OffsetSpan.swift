/// A stretch of universal time through which a zone's offset stays the same.
struct OffsetSpan: Hashable, Sendable {
    /// Seconds since 1970; `Int64.min` where it has always been so.
    var start: Int64
    /// Excluded; `Int64.max` where it stays so for good.
    var end: Int64
    /// Seconds east of Greenwich.
    var offset: Int

    func contains(_ seconds: Int64) -> Bool { start <= seconds && seconds < end }
}

/// The quotient rounded towards negative infinity; `divisor` is positive.
func floorDivision<Number: BinaryInteger>(_ dividend: Number, by divisor: Number) -> Number {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
}
