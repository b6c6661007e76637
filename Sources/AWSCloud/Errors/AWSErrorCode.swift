/// A code as AWS wrote it, or one of our own where no answer came. An unknown code is kept as it is.
///
/// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
public struct AWSErrorCode: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral {
    /// The code as it was written.
    public let rawValue: String

    /// A code, known or not.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A code, known or not.
    public init(stringLiteral value: String) { rawValue = value }

    // What AWS says.
    /// AWS has no machine of this type here now.
    public static let insufficientInstanceCapacity: AWSErrorCode = "InsufficientInstanceCapacity"
    /// This type, or what was asked of it, is not to be had here.
    public static let unsupported: AWSErrorCode = "Unsupported"
    /// The account's quota of processors is used up.
    public static let vcpuLimitExceeded: AWSErrorCode = "VcpuLimitExceeded"
    /// Too many requests.
    public static let requestLimitExceeded: AWSErrorCode = "RequestLimitExceeded"
    /// EC2: these credentials may not do this.
    public static let unauthorizedOperation: AWSErrorCode = "UnauthorizedOperation"
    /// S3 and STS: these credentials may not do this.
    public static let accessDenied: AWSErrorCode = "AccessDenied"
    /// EC2: the credentials are not good.
    public static let authFailure: AWSErrorCode = "AuthFailure"
    /// The temporary credentials have expired.
    public static let expiredToken: AWSErrorCode = "ExpiredToken"
    /// The region is not enabled for the account.
    public static let optInRequired: AWSErrorCode = "OptInRequired"
    /// No such instance, or not yet.
    public static let instanceNotFound: AWSErrorCode = "InvalidInstanceID.NotFound"
    /// The VPC has a group of this name.
    public static let groupDuplicate: AWSErrorCode = "InvalidGroup.Duplicate"
    /// The region has a key pair of this name.
    public static let keyPairDuplicate: AWSErrorCode = "InvalidKeyPair.Duplicate"
    /// The group has this rule.
    public static let permissionDuplicate: AWSErrorCode = "InvalidPermission.Duplicate"
    /// The group does not have this rule.
    public static let permissionNotFound: AWSErrorCode = "InvalidPermission.NotFound"
    /// Something uses it.
    public static let dependencyViolation: AWSErrorCode = "DependencyViolation"
    /// The instance's state does not allow this.
    public static let incorrectInstanceState: AWSErrorCode = "IncorrectInstanceState"
    /// The client token was used for another request.
    public static let idempotentParameterMismatch: AWSErrorCode = "IdempotentParameterMismatch"
    /// The client token's instance is terminated.
    public static let idempotentInstanceTerminated: AWSErrorCode = "IdempotentInstanceTerminated"
    /// No bucket of this name.
    public static let noSuchBucket: AWSErrorCode = "NoSuchBucket"
    /// No object of this key.
    public static let noSuchKey: AWSErrorCode = "NoSuchKey"
    /// An object of this key is there already.
    public static let preconditionFailed: AWSErrorCode = "PreconditionFailed"

    // What we say. No code of AWS has a space.
    /// No source of the chain has credentials.
    public static let noCredentials: AWSErrorCode = "no credentials"
    /// A source has credentials that can't be used: half of a pair, a profile that is missing.
    public static let badCredentials: AWSErrorCode = "bad credentials"
    /// The endpoint or the region is not well-formed.
    public static let badConfiguration: AWSErrorCode = "bad configuration"
    /// The request is over a limit of AWS's, found before it was sent.
    public static let badRequest: AWSErrorCode = "bad request"
    /// AWS's answer could not be read.
    public static let unreadableAnswer: AWSErrorCode = "unreadable answer"
    /// What was waited for did not come about in time.
    public static let waitTimedOut: AWSErrorCode = "wait timed out"
    /// What was waited for can't come about any more.
    public static let waitInVain: AWSErrorCode = "wait in vain"
}

extension AWSErrorCode: CustomStringConvertible {
    /// The code as it was written.
    public var description: String { rawValue }
}
