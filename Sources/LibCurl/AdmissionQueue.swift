/// Who may start next: first come first served for each key, at most so many of a key and so many in all.
///
/// A key that is full holds up no other key. Each step costs the same however many wait.
struct AdmissionQueue<Element> {
    private struct Lane {
        var waiting: [Element] = []
        /// Index of the first in `waiting` that has not started; the array is cut when half of it has.
        var head = 0
        var running = 0
        var isQueued = false

        var isEmpty: Bool { running == 0 && head == waiting.count }

        mutating func pop() -> Element? {
            guard head < waiting.count else { return nil }
            let element = waiting[head]
            head += 1
            if head > 32, head * 2 > waiting.count {
                waiting.removeFirst(head)
                head = 0
            }
            return element
        }
    }

    private let maximumPerKey: Int
    private let maximumTotal: Int
    private var lanes: [String: Lane] = [:]
    /// Keys whose lane has someone waiting and a slot free, each once, in turn.
    private var ready: [String] = []
    private var readyHead = 0
    private var running = 0

    init(maximumPerKey: Int, maximumTotal: Int) {
        self.maximumPerKey = maximumPerKey
        self.maximumTotal = maximumTotal
    }

    /// Puts an element at the end of its key's lane.
    mutating func append(_ element: Element, key: String) {
        lanes[key, default: Lane()].waiting.append(element)
        enqueueIfReady(key)
    }

    /// Takes the next that may start, and counts it as running; nil when none may.
    mutating func popAdmissible() -> Element? {
        guard running < maximumTotal else { return nil }
        while readyHead < ready.count {
            let key = ready[readyHead]
            readyHead += 1
            if readyHead > 64, readyHead * 2 > ready.count {
                ready.removeFirst(readyHead)
                readyHead = 0
            }
            guard var lane = lanes[key] else { continue }
            lanes[key]?.isQueued = false
            lane.isQueued = false
            // A lane that was emptied and filled again may stand here twice.
            guard lane.running < maximumPerKey else { continue }
            // The dictionary's copy must go, or every pop would copy the array.
            lanes[key] = nil
            let element = lane.pop()
            if element != nil {
                lane.running += 1
                running += 1
            }
            if !lane.isEmpty { lanes[key] = lane }
            enqueueIfReady(key)
            if let element { return element }
        }
        return nil
    }

    /// One running element of a key has ended.
    mutating func release(key: String) {
        guard var lane = lanes[key] else { return }
        running -= 1
        lanes[key] = nil
        lane.running -= 1
        if !lane.isEmpty { lanes[key] = lane }
        enqueueIfReady(key)
    }

    /// Takes all waiting elements that fit, in no particular order.
    mutating func removeWaiting(where isRemoved: (Element) -> Bool) -> [Element] {
        var removed: [Element] = []
        for key in Array(lanes.keys) {
            guard var lane = lanes[key] else { continue }
            let waiting = lane.waiting[lane.head...]
            let kept = waiting.filter { !isRemoved($0) }
            guard kept.count < waiting.count else { continue }
            removed += waiting.filter(isRemoved)
            lane.waiting = Array(kept)
            lane.head = 0
            // An empty lane whose key is still in `ready` is passed over there.
            lanes[key] = lane.isEmpty ? nil : lane
        }
        return removed
    }

    private mutating func enqueueIfReady(_ key: String) {
        guard let lane = lanes[key], !lane.isQueued, lane.head < lane.waiting.count, lane.running < maximumPerKey else {
            return
        }
        lanes[key]?.isQueued = true
        ready.append(key)
    }
}
