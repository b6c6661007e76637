import FleetModel

/// The least that somebody needs of AWS for a fleet, as IAM writes it.
///
/// Pure: from the files alone. What changes or ends things is limited to what carries the fleet's tag.
/// Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
public struct IAMPolicy: Sendable {
    /// Whose policy it is.
    public enum Role: String, Sendable, CaseIterable {
        /// Who runs plan and apply: a person, or CI.
        case `operator`
        /// `botfleet run`, and the duties by timers.
        case runner
        /// The instances themselves, by their profile.
        case instance
    }

    private let settings: FleetSettings
    private let secrets: [String]
    private let hasProfiles: Bool

    /// Policies of a fleet as its files declare it.
    public init(_ repository: FleetRepository) {
        settings = repository.settings.value
        let deployments = repository.deployments.map(\.value)
        secrets = Set(
            deployments.flatMap { deployment in
                deployment.parameters.values.compactMap { value -> String? in
                    if case .ssm(let name) = value { name } else { nil }
                }
            }
        ).sorted()
        hasProfiles =
            settings.aws.instanceProfile != nil || deployments.contains { $0.instanceProfile != nil }
            || repository.users.contains { $0.value.instanceProfile != nil }
    }

    /// The policy document.
    public func document(for role: Role) -> JSONValue {
        let statements =
            switch role {
            case .instance: instance
            case .runner: looking + power + [bucket(["boot/*", "bundles/*"], ["s3:GetObject"])] + runner
            case .operator: looking + power + operating
            }
        return ["Version": "2012-10-17", "Statement": .array(statements)]
    }

    // MARK: Instances

    private var instance: [JSONValue] {
        var statements = [
            bucket(["boot/*", "bundles/*", "instances/*/params.json"], ["s3:GetObject"]),
            bucket(["instances/*/status.json", "streamer-data/*", "uploads/*"], ["s3:PutObject"]),
        ]
        if !secrets.isEmpty {
            let names = secrets.map { name in
                "arn:aws:ssm:\(settings.aws.region):*:parameter/\(name.hasPrefix("/") ? String(name.dropFirst()) : name)"
            }
            statements.append(IAMPolicy.statement(["ssm:GetParameters"], on: names))
        }
        return statements
    }

    // MARK: People and runners

    private var looking: [JSONValue] {
        [
            IAMPolicy.statement(
                [
                    "ec2:DescribeIamInstanceProfileAssociations", "ec2:DescribeImages", "ec2:DescribeInstanceTypes",
                    "ec2:DescribeInstances", "ec2:DescribeKeyPairs", "ec2:DescribeRegions",
                    "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVolumes", "ec2:DescribeVpcs",
                    "servicequotas:GetServiceQuota",
                ], on: ["*"]),
            IAMPolicy.statement(["s3:ListBucket"], on: ["arn:aws:s3:::\(settings.aws.bucket)"]),
        ]
    }

    /// Starting, launching, stopping and ending.
    private var power: [JSONValue] {
        var statements = [
            // A launch names images, subnets and the like, which are not the fleet's; what it makes carries the tag.
            IAMPolicy.statement(["ec2:RunInstances"], on: ["*"]),
            IAMPolicy.statement(
                ["ec2:CreateTags"], on: ["*"], where: ["aws:RequestTag/\(Tag.fleet)": .string(settings.name)]),
            IAMPolicy.statement(
                [
                    "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags", "ec2:DeleteKeyPair",
                    "ec2:DeleteSecurityGroup", "ec2:ModifyInstanceAttribute", "ec2:RevokeSecurityGroupIngress",
                    "ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances",
                ], on: ["*"], where: ["aws:ResourceTag/\(Tag.fleet)": .string(settings.name)]),
            bucket(["instances/*/params.json"], ["s3:GetObject", "s3:PutObject"]),
        ]
        if hasProfiles {
            statements.append(
                IAMPolicy.statement(
                    ["iam:PassRole"], on: ["*"], where: ["iam:PassedToService": "ec2.amazonaws.com"]))
        }
        return statements
    }

    private var runner: [JSONValue] {
        [
            bucket(["instances/*/status.json", "streamer-data/*", "uploads/*", "botfleet.json"], ["s3:GetObject"]),
            bucket(["uploads/*"], ["s3:DeleteObject"]),
        ]
    }

    private var operating: [JSONValue] {
        [
            IAMPolicy.statement(["ec2:CreateSecurityGroup", "ec2:ImportKeyPair"], on: ["*"]),
            IAMPolicy.statement(
                [
                    "ec2:AssociateIamInstanceProfile", "ec2:DeleteTags", "ec2:ModifyVolume",
                    "ec2:ReplaceIamInstanceProfileAssociation",
                ], on: ["*"], where: ["aws:ResourceTag/\(Tag.fleet)": .string(settings.name)]),
            bucket(["*"], ["s3:GetObject", "s3:PutObject"]),
            bucket(["boot/*", "bundles/*", "instances/*", "uploads/*"], ["s3:DeleteObject"]),
        ]
    }

    // MARK: Statements

    private func bucket(_ keys: [String], _ actions: [String]) -> JSONValue {
        IAMPolicy.statement(actions, on: keys.map { "arn:aws:s3:::\(settings.aws.bucket)/\($0)" })
    }

    private static func statement(
        _ actions: [String], on resources: [String], where condition: [String: JSONValue]? = nil
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "Effect": "Allow", "Action": .array(actions.map { .string($0) }),
            "Resource": .array(resources.map { .string($0) }),
        ]
        if let condition { members["Condition"] = ["StringEquals": .object(condition)] }
        return .object(members)
    }
}
