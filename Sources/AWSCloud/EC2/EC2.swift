import AWSSigning
import LibCurl

/// EC2 in one region, by its query protocol.
///
/// Every call throws `AWSError`, or `CancellationError` when the task was cancelled. Lists are whole: all pages, or an
/// error.
public struct EC2: Sendable {
    /// AWS's name of the region.
    public let region: String
    let transport: AWSTransport

    /// Pages have this many things at most; AWS takes 1,000 everywhere.
    static let pageSize = 1000

    init(transport: AWSTransport, region: String) {
        self.transport = transport
        self.region = region
    }

    /// The call of a query.
    func call(_ query: EC2Query, _ repeatability: AWSCall.Repeatability = .always) -> AWSCall {
        call(query.action, body: query.body, repeatability)
    }

    func call(_ action: String, body: String, _ repeatability: AWSCall.Repeatability) -> AWSCall {
        AWSCall(
            service: "ec2", operation: action, region: region, method: .post,
            headers: [SignableRequest.Field("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(body.utf8), repeatability: repeatability)
    }

    /// Makes a call and reads its answer as a tree; an empty one where a repetition was refused because the first
    /// worked.
    func answer(_ query: EC2Query, _ repeatability: AWSCall.Repeatability = .always) async throws -> XMLTree {
        try await answer(call(query, repeatability))
    }

    func answer(_ call: AWSCall) async throws -> XMLTree {
        let response = try await transport.send(call)
        // The transport has no answer to give where a repetition was refused because the first time had worked.
        if response.body.isEmpty, !call.codesOfSuccess.isEmpty { return XMLTree(name: "") }
        guard let tree = XMLTree.read(response.body) else {
            throw unreadable(call, "it is not XML", response: response)
        }
        guard tree.name == "\(call.operation)Response" else {
            throw unreadable(call, "it is a <\(tree.name)>", response: response)
        }
        return tree
    }

    /// The error of an answer that can't be read. The call itself worked.
    func unreadable(_ call: AWSCall, _ reason: String, response: HTTPResponse? = nil) -> AWSError {
        var error = call.error(.unreadableAnswer, "AWS's answer can't be read: \(reason)", attempts: 1)
        error.status = response?.status
        error.requestID = response?.headers["x-amzn-requestid"]
        error.mayHaveTakenEffect = true
        return error
    }

    /// A text that an answer must have.
    func required(_ text: String?, _ name: String, of query: EC2Query) throws -> String {
        guard let text else { throw unreadable(call(query), "it has no \(name)") }
        return text
    }

    /// The pages of a listing; `element` reads one `item` of the set called `set`.
    func pages<Element: Sendable>(
        _ query: EC2Query, set: String, isPaged: Bool = true, element: @escaping @Sendable (XMLTree) throws -> Element?
    ) -> Pages<Element> {
        Pages(endless: { unreadable(call(query), "its pages have no end") }) { token in
            var query = query
            if isPaged { query.add("MaxResults", String(EC2.pageSize)) }
            query.add("NextToken", token)
            let tree = try await answer(query)
            return Pages.Page(elements: try tree.items(set).compactMap(element), next: tree.value("nextToken"))
        }
    }

    /// Refuses filters that AWS would refuse.
    func check(_ filters: [EC2Filter], _ action: String) throws {
        let count = filters.reduce(0) { $0 + $1.values.count }
        guard count <= EC2Filter.maximumValues else {
            throw call(EC2Query(action)).error(
                .badRequest, "\(count) filter values, where AWS takes \(EC2Filter.maximumValues)")
        }
    }
}
