import AWSSigning
import FleetModel
import LibCurl
import Logging

/// Signs calls, sends them, tries again what may be tried again, and turns what went wrong into `AWSError`.
final class AWSTransport: Sendable {
    let endpoint: AWSEndpoint
    let requests = RequestCounter()
    let clock: any Clock<Duration>
    private let http: HTTPClient
    private let credentials: any CredentialsProvider
    private let retry: RetryPolicy
    private let budgets = RegionBudgets()
    private let now: @Sendable () -> Instant
    private let logger: Logger

    init(_ configuration: AWSConfiguration) {
        endpoint = configuration.endpoint
        http = configuration.http
        credentials = configuration.credentials
        retry = configuration.retry
        now = configuration.now
        clock = configuration.clock
        logger = configuration.logger
    }

    /// The answer to a call, of a status of 200 to 299.
    /// - Throws: `AWSError`, or `CancellationError` when the task was cancelled.
    func send(_ call: AWSCall) async throws -> HTTPResponse {
        guard AWSEndpoint.isRegion(call.region) else {
            throw call.error(.badConfiguration, "'\(call.region)' is not the name of a region")
        }
        return try await send(call, timer: clock)
    }

    private func send<C: Clock>(_ call: AWSCall, timer: C) async throws -> HTTPResponse where C.Duration == Duration {
        let end = timer.now.advanced(by: retry.deadline)
        var attempt = 1
        var mayHaveTakenEffect = false
        var cost: Int?
        while true {
            var error: AWSError
            switch try await attemptOnce(call, limit: timer.now.duration(to: end)) {
            case .success(let response):
                budgets.refund(call.region, cost)
                return response
            case .failure(let failure): error = failure
            }
            // A repetition that is refused because the first time had worked is a success that lost its answer.
            if mayHaveTakenEffect, call.codesOfSuccess.contains(error.code) { return HTTPResponse(status: 200) }
            mayHaveTakenEffect = mayHaveTakenEffect || error.mayHaveTakenEffect
            error.mayHaveTakenEffect = mayHaveTakenEffect
            error.attempts = attempt
            guard retry.retries(error, attempt: attempt, isRepeatable: call.isRepeatable) else { throw error }
            let pause = retry.pause(
                afterAttempt: attempt, isThrottling: error.isThrottling, dice: .random(in: 0..<1))
            guard timer.now.advanced(by: pause) < end else { throw error }
            cost = budgets.take(call.region, afterTimeout: error.transport?.kind == .timeout)
            guard cost != nil else { throw error }
            logger.debug(
                "AWS call is tried again",
                metadata: [
                    "operation": "\(call.operation)", "region": "\(call.region)", "code": "\(error.code)",
                    "attempt": "\(attempt)",
                ])
            try await timer.sleep(for: pause)
            attempt += 1
        }
    }

    /// One attempt, which takes no longer than `limit`; cancellation and missing credentials are thrown, as no other
    /// attempt would end better.
    private func attemptOnce(_ call: AWSCall, limit: Duration) async throws -> Result<HTTPResponse, AWSError> {
        try Task.checkCancellation()
        let request = try await signed(call, limit: limit)
        requests.add(service: call.service, action: call.operation)
        do throws(CurlError) {
            let response = try await http.send(request)
            if (200...299).contains(response.status) { return .success(response) }
            return .failure(AWSAnswerError.error(of: response, call))
        } catch {
            if error.kind == .cancelled { throw CancellationError() }
            var failure = call.error(AWSErrorCode(rawValue: "no answer"), error.detail, attempts: 1)
            failure.transport = error
            failure.mayHaveTakenEffect = error.mayHaveBeenSent
            return .failure(failure)
        }
    }

    /// The path and query of a link that lets anyone make a GET call until it expires, with the host before it.
    func presigned(_ call: AWSCall, expiresIn seconds: Int, at time: Instant) async throws -> String {
        let (origin, request) = signable(call)
        let target = SignatureV4(region: call.region, service: call.service).presignedTarget(
            for: request, credentials: try await found(for: call),
            at: SigningTime(secondsSince1970: time.seconds), expiresIn: seconds)
        return origin.text + target
    }

    private func signed(_ call: AWSCall, limit: Duration) async throws -> HTTPRequest {
        let (origin, request) = signable(call)
        let added = SignatureV4(region: call.region, service: call.service).headers(
            for: request, body: call.body ?? [], credentials: try await found(for: call),
            at: SigningTime(secondsSince1970: now().seconds))
        var timeouts = http.configuration.timeouts
        timeouts.whole = min(timeouts.whole, max(limit, .milliseconds(1)))
        return HTTPRequest(
            call.method, origin.text + request.target,
            headers: (call.headers + added).map { HTTPHeader($0.name, $0.value) }, body: call.body, timeouts: timeouts,
            maximumResponseSize: call.maximumResponseSize, isRepeatable: call.isRepeatable)
    }

    private func signable(_ call: AWSCall) -> (AWSEndpoint.Origin, SignableRequest) {
        let (origin, prefix) =
            call.bucket.map { endpoint.bucket($0, region: call.region) }
            ?? (endpoint.origin(service: call.service, region: call.region), "")
        return (
            origin,
            SignableRequest(
                method: call.method.rawValue, host: origin.authority, path: prefix + call.path, query: call.query,
                headers: call.headers)
        )
    }

    private func found(for call: AWSCall) async throws -> AWSCredentials {
        do throws(CredentialsFailure) {
            return try await credentials.credentials()
        } catch {
            switch error {
            case .none(let tried):
                let list = tried.isEmpty ? "" : ": \(tried.joined(separator: "; "))"
                throw call.error(.noCredentials, "no AWS credentials were found\(list)")
            case .unusable(let reason):
                throw call.error(.badCredentials, reason)
            }
        }
    }
}
