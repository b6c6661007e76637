import FleetModel

/// Things of several addresses that read the same, so that they are shown once.
struct AddressGroup<Item> {
    /// In the order in which they came; never empty.
    let items: [Item]
    let addresses: [Address]

    /// From how many instances of a deployment on that would read the same they are shown as one.
    static var fewest: Int { 6 }

    /// Groups instances whose names differ in their number alone and whose keys are equal; all else stands alone.
    static func collapse<Key: Hashable>(
        _ items: [Item], address: (Item) -> Address, key: (Item) -> Key
    ) -> [AddressGroup] {
        var members: [GroupKey<Key>: [Int]] = [:]
        var keys: [GroupKey<Key>?] = []
        for (index, item) in items.enumerated() {
            let place = address(item)
            guard place.kind == .instance, let name = NumberedName(place.key) else {
                keys.append(nil)
                continue
            }
            let own = GroupKey(stem: name.stem, key: key(item))
            keys.append(own)
            members[own, default: []].append(index)
        }
        var result: [AddressGroup] = []
        for (index, item) in items.enumerated() {
            guard let own = keys[index], let all = members[own], all.count >= fewest else {
                result.append(AddressGroup(items: [item], addresses: [address(item)]))
                continue
            }
            guard all.first == index else { continue }
            result.append(AddressGroup(items: all.map { items[$0] }, addresses: all.map { address(items[$0]) }))
        }
        return result
    }

    /// `instance.watch-1`, or `instance.watch-1 … instance.watch-300 (300 instances)`; gaps in the numbers are shown.
    var title: String {
        guard addresses.count > 1, let first = addresses.first, let last = addresses.last else {
            return addresses.first.map { SafeText.line($0.description) } ?? ""
        }
        return
            "\(SafeText.line(first.description)) … \(SafeText.line(last.description)) (\(addresses.count) instances\(gaps))"
    }

    /// `: 1-4, 6, 8-300` where a number between the first and the last is missing.
    private var gaps: String {
        let numbers = addresses.compactMap { NumberedName($0.key)?.number }.sorted()
        var runs: [ClosedRange<Int>] = []
        for number in numbers {
            if let run = runs.last, run.upperBound + 1 == number {
                runs[runs.count - 1] = run.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        guard runs.count > 1 else { return "" }
        let shown = runs.prefix(8).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        return ": \(shown.joined(separator: ", "))\(runs.count > 8 ? ", …" : "")"
    }
}

private struct GroupKey<Key: Hashable>: Hashable {
    let stem: String
    let key: Key
}

/// An instance's name taken apart: `linkedin-watch` and 2.
private struct NumberedName {
    let stem: String
    let number: Int

    init?(_ name: String) {
        guard let dash = name.lastIndex(of: "-"), let number = Int(name[name.index(after: dash)...]) else { return nil }
        self.stem = String(name[..<dash])
        self.number = number
    }
}
