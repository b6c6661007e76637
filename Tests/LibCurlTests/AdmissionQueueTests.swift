import FleetTestSupport
import Testing

@testable import LibCurl

@Suite struct AdmissionQueueTests {
    @Test func elementsOfAKeyStartInOrderUpToTheBound() {
        var queue = AdmissionQueue<Int>(maximumPerKey: 2, maximumTotal: 10)
        for number in 1...4 { queue.append(number, key: "a") }
        #expect([queue.popAdmissible(), queue.popAdmissible(), queue.popAdmissible()] == [1, 2, nil])
        queue.release(key: "a")
        #expect([queue.popAdmissible(), queue.popAdmissible()] == [3, nil])
    }

    @Test func fullKeyIsPassedByOthers() {
        var queue = AdmissionQueue<String>(maximumPerKey: 1, maximumTotal: 10)
        for name in ["a1", "a2", "b1", "a3", "b2"] { queue.append(name, key: String(name.prefix(1))) }
        #expect([queue.popAdmissible(), queue.popAdmissible(), queue.popAdmissible()] == ["a1", "b1", nil])
        queue.release(key: "b")
        #expect(queue.popAdmissible() == "b2")
    }

    @Test func totalBoundHoldsOverAllKeys() {
        var queue = AdmissionQueue<Int>(maximumPerKey: 5, maximumTotal: 3)
        for number in 0..<6 { queue.append(number, key: "\(number)") }
        #expect((0..<4).map { _ in queue.popAdmissible() } == [0, 1, 2, nil])
        queue.release(key: "1")
        #expect(queue.popAdmissible() == 3)
    }

    @Test func removedElementsNeverStartAndTheRestKeepsItsOrder() {
        var queue = AdmissionQueue<Int>(maximumPerKey: 1, maximumTotal: 10)
        for number in 0..<10 { queue.append(number, key: "a") }
        #expect(queue.popAdmissible() == 0)
        #expect(queue.removeWaiting { $0.isMultiple(of: 2) }.sorted() == [2, 4, 6, 8])
        var started: [Int] = []
        for _ in 0..<5 {
            queue.release(key: "a")
            if let next = queue.popAdmissible() { started.append(next) }
        }
        #expect(started == [1, 3, 5, 7, 9])
    }

    @Test func laneThatWasEmptiedAndFilledAgainKeepsItsBound() {
        var queue = AdmissionQueue<Int>(maximumPerKey: 1, maximumTotal: 10)
        queue.append(1, key: "a")
        #expect(queue.removeWaiting { _ in true } == [1])
        queue.append(2, key: "a")
        queue.append(3, key: "a")
        #expect([queue.popAdmissible(), queue.popAdmissible()] == [2, nil])
    }

    /// Random histories against the plainest model there is: arrays and counting.
    @Test func randomHistoriesBreakNoBoundAndLoseNobody() {
        var random = SeededGenerator(for: "randomHistories")
        for _ in 0..<50 {
            var queue = AdmissionQueue<Int>(maximumPerKey: 3, maximumTotal: 7)
            var waiting: [Int: [Int]] = [:]
            var running: [Int: Int] = [:]
            for number in 0..<2_000 {
                let key = Int.random(in: 0..<5, using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<4:
                    queue.append(number * 5 + key, key: "\(key)")
                    waiting[key, default: []].append(number * 5 + key)
                case 4..<8:
                    let isFull = running.values.reduce(0, +) == 7
                    let candidates = waiting.filter { !$0.value.isEmpty && running[$0.key, default: 0] < 3 }
                    guard let popped = queue.popAdmissible() else {
                        #expect(isFull || candidates.isEmpty)
                        continue
                    }
                    #expect(!isFull)
                    #expect(waiting[popped % 5]?.first == popped)
                    waiting[popped % 5]?.removeFirst()
                    running[popped % 5, default: 0] += 1
                    #expect(running[popped % 5, default: 0] <= 3)
                case 8:
                    let removed = queue.removeWaiting { $0.isMultiple(of: 7) }
                    #expect(removed.sorted() == waiting.values.joined().filter { $0.isMultiple(of: 7) }.sorted())
                    waiting = waiting.mapValues { $0.filter { !$0.isMultiple(of: 7) } }
                default:
                    guard running[key, default: 0] > 0 else { continue }
                    queue.release(key: "\(key)")
                    running[key, default: 0] -= 1
                }
            }
        }
    }
}
