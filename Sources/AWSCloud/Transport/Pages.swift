/// The pages of a listing, fetched one at a time as they are asked for.
public struct Pages<Element: Sendable>: AsyncSequence, Sendable {
    /// A page, and the token that the next is asked with; nil for the last.
    struct Page: Sendable {
        var elements: [Element]
        var next: String?
    }

    private let fetch: @Sendable (String?) async throws -> Page
    private let endless: @Sendable () -> AWSError

    /// `fetch` is given the token of the page to get, nil for the first. `endless` is the error of a listing that turns
    /// in a circle.
    init(
        endless: @escaping @Sendable () -> AWSError, fetch: @escaping @Sendable (String?) async throws -> Page
    ) {
        self.endless = endless
        self.fetch = fetch
    }

    /// Fetches one page after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let pages: Pages
        private var token: String?
        private var isOver = false

        fileprivate init(_ pages: Pages) { self.pages = pages }

        /// The next page, which may be empty; nil after the last.
        public mutating func next() async throws -> [Element]? {
            guard !isOver else { return nil }
            let page = try await pages.fetch(token)
            if let next = page.next, next == token { throw pages.endless() }
            token = page.next
            isOver = page.next == nil
            return page.elements
        }
    }

    /// Begins at the first page.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

    /// All elements of all pages. A failure on any page is a failure of the whole: a partial listing is never given.
    public func all() async throws -> [Element] {
        var elements: [Element] = []
        for try await page in self { elements += page }
        return elements
    }
}
