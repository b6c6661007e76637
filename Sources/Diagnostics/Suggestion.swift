/// "Did you mean": the known word nearest to what was written.
public enum Suggestion {
    /// The nearest of `candidates` within a third of the word's length (at least 1, at most 3 edits); nil if none is
    /// near.
    ///
    /// Distance is Damerau–Levenshtein on Unicode scalars (a swap of neighbours is one edit). Words over 64 scalars get
    /// no suggestion, so that hostile input costs nothing. Among equals the first in alphabetical order wins.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let written = Array(word.lowercased().unicodeScalars)
        guard !written.isEmpty, written.count <= 64 else { return nil }
        let limit = min(3, max(1, written.count / 3))
        var best: (distance: Int, candidate: String)?
        for candidate in candidates where candidate != word {
            let other = Array(candidate.lowercased().unicodeScalars)
            guard abs(other.count - written.count) <= limit else { continue }
            let distance = editDistance(written, other)
            guard distance <= limit else { continue }
            if let known = best, (known.distance, known.candidate) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.candidate
    }

    /// Optimal string alignment distance in three rows.
    private static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforePrevious = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        var current = previous
        for (row, scalar) in left.enumerated() {
            current[0] = row + 1
            for (column, other) in right.enumerated() {
                let substitution = previous[column] + (scalar == other ? 0 : 1)
                var cost = min(substitution, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current[column + 1] = cost
            }
            (beforePrevious, previous, current) = (previous, current, beforePrevious)
        }
        return previous[right.count]
    }
}
