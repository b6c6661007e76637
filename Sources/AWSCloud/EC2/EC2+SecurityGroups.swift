import FleetModel

/// Security groups and their ingress rules.
extension EC2 {
    /// The groups that all filters hold for.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
    public func securityGroups(matching filters: [EC2Filter] = []) async throws -> [ObservedSecurityGroup] {
        try check(filters, "DescribeSecurityGroups")
        var query = EC2Query("DescribeSecurityGroups")
        query.add(filters)
        return try await pages(query, set: "securityGroupInfo") { ObservedSecurityGroup($0, region: region) }.all()
    }

    /// Makes a group without ingress rules, tagged from its first moment, and gives its id.
    ///
    /// A VPC has a name once, so a second group of it is refused as `isDuplicate`.
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    public func createSecurityGroup(
        name: String, description: String, vpc: String, tags: [String: String]
    ) async throws -> String {
        var query = EC2Query("CreateSecurityGroup")
        query.add("GroupName", name)
        query.add("GroupDescription", description)
        query.add("VpcId", vpc)
        query.add(specification: 1, of: "security-group", tags: tags)
        return try required(try await answer(query, .never).value("groupId"), "groupId", of: query)
    }

    /// Lets traffic in. A rule that is there already is refused as `isDuplicate`, unless it was ours: a lost answer.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
    public func authorizeIngress(
        group: String, rules: [IngressRule], description: String? = nil
    ) async throws {
        guard !rules.isEmpty else { return }
        let query = ingress("AuthorizeSecurityGroupIngress", group, rules, description)
        _ = try await answer(query, .refusedAs([.permissionDuplicate]))
    }

    /// Lets traffic in no more.
    public func revokeIngress(group: String, rules: [IngressRule]) async throws {
        guard !rules.isEmpty else { return }
        let query = ingress("RevokeSecurityGroupIngress", group, rules, nil)
        _ = try await answer(query, .refusedAs([.permissionNotFound]))
    }

    /// Deletes a group that nothing uses (`DependencyViolation` otherwise).
    public func deleteSecurityGroup(_ id: String) async throws {
        var query = EC2Query("DeleteSecurityGroup")
        query.add("GroupId", id)
        _ = try await answer(query, .refusedAs(["InvalidGroup.NotFound"]))
    }

    /// One permission a port, with all its blocks.
    private func ingress(
        _ action: String, _ group: String, _ rules: [IngressRule], _ description: String?
    ) -> EC2Query {
        var query = EC2Query(action)
        query.add("GroupId", group)
        let ports = Dictionary(grouping: rules, by: \.port).sorted { $0.key < $1.key }
        for (index, entry) in ports.enumerated() {
            let permission = "IpPermissions.\(index + 1)"
            query.add("\(permission).IpProtocol", "tcp")
            query.add("\(permission).FromPort", String(entry.key))
            query.add("\(permission).ToPort", String(entry.key))
            var counts = (v4: 0, v6: 0)
            for source in entry.value.map(\.source).sorted() {
                if source.isIPv6 { counts.v6 += 1 } else { counts.v4 += 1 }
                let range =
                    source.isIPv6 ? "\(permission).Ipv6Ranges.\(counts.v6)" : "\(permission).IpRanges.\(counts.v4)"
                query.add("\(range).\(source.isIPv6 ? "CidrIpv6" : "CidrIp")", source.description)
                query.add("\(range).Description", description)
            }
        }
        return query
    }
}

extension ObservedSecurityGroup {
    /// A group of a listing; nil where it has no id.
    init?(_ tree: XMLTree, region: String) {
        guard let id = tree.value("groupId") else { return nil }
        self.init(
            groupID: id, region: region, name: tree.value("groupName") ?? "", vpcID: tree.value("vpcId"),
            tags: tree.tags)
        for permission in tree.items("ipPermissions") {
            let (own, foreign) = ObservedSecurityGroup.rules(of: permission)
            rules.formUnion(own)
            foreignRules += foreign
        }
    }

    /// What a permission lets in: rules of our shape, and texts for the rest.
    private static func rules(of permission: XMLTree) -> (own: [IngressRule], foreign: [String]) {
        let ports = [permission.value("fromPort"), permission.value("toPort")].compactMap { $0 }.map { Int($0) ?? -1 }
        let isProtocolTCP = permission.value("ipProtocol") == "tcp"
        let isOnePort = isProtocolTCP && ports.count == 2 && ports[0] == ports[1]
        let name = permission.value("ipProtocol").map { $0 == "-1" ? "all" : $0 } ?? "?"
        let span = ports.isEmpty ? name : "\(name) \(Set(ports).sorted().map(String.init).joined(separator: "-"))"
        let blocks =
            permission.items("ipRanges").compactMap { $0.value("cidrIp") }
            + permission.items("ipv6Ranges").compactMap { $0.value("cidrIpv6") }
        let others =
            permission.items("groups").compactMap { $0.value("groupId") }
            + permission.items("prefixListIds").compactMap { $0.value("prefixListId") }
        var own: [IngressRule] = []
        var foreign = others.map { "\(span) from \($0)" }
        for block in blocks {
            // A block that is not canonical is none that botfleet wrote.
            if isOnePort, let port = ports.first, let source = try? CIDR(parsing: block) {
                own.append(IngressRule(port: port, source: source))
            } else {
                foreign.append("\(span) from \(block)")
            }
        }
        return (own, foreign)
    }
}
