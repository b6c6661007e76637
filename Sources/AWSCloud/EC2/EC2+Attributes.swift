/// Changing what an instance is, and its tags.
extension EC2 {
    /// Changes the type of a stopped instance.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html
    public func setInstanceType(_ type: String, of instanceID: String) async throws {
        var query = EC2Query("ModifyInstanceAttribute")
        query.add("InstanceId", instanceID)
        query.add("InstanceType.Value", type)
        _ = try await answer(query)
    }

    /// Gives an instance these security groups in place of those it has.
    public func setSecurityGroups(_ groupIDs: [String], of instanceID: String) async throws {
        var query = EC2Query("ModifyInstanceAttribute")
        query.add("InstanceId", instanceID)
        query.add("GroupId", list: groupIDs)
        _ = try await answer(query)
    }

    /// The role that an instance runs with, or is getting; nil where it has none.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIamInstanceProfileAssociations.html
    public func instanceProfileAssociation(of instanceID: String) async throws -> InstanceProfileAssociation? {
        var query = EC2Query("DescribeIamInstanceProfileAssociations")
        query.add([EC2Filter("instance-id", [instanceID]), EC2Filter("state", ["associating", "associated"])])
        return try await pages(query, set: "iamInstanceProfileAssociationSet") { InstanceProfileAssociation($0) }
            .all().first { $0.instanceID == instanceID }
    }

    /// Gives an instance that has no role one, by the name of its instance profile or its ARN.
    public func associateInstanceProfile(
        _ nameOrARN: String, with instanceID: String
    ) async throws -> InstanceProfileAssociation {
        var query = EC2Query("AssociateIamInstanceProfile")
        query.add("InstanceId", instanceID)
        query.add("IamInstanceProfile.\(InstanceProfileAssociation.field(for: nameOrARN))", nameOrARN)
        return try await association(query)
    }

    /// Puts another role in place of that of an association.
    public func replaceInstanceProfile(
        _ nameOrARN: String, association: String
    ) async throws -> InstanceProfileAssociation {
        var query = EC2Query("ReplaceIamInstanceProfileAssociation")
        query.add("AssociationId", association)
        query.add("IamInstanceProfile.\(InstanceProfileAssociation.field(for: nameOrARN))", nameOrARN)
        return try await self.association(query)
    }

    private func association(_ query: EC2Query) async throws -> InstanceProfileAssociation {
        let tree = try await answer(query, .never)
        guard let found = tree["iamInstanceProfileAssociation"].flatMap({ InstanceProfileAssociation($0) }) else {
            throw unreadable(call(query), "it has no association")
        }
        return found
    }

    /// Writes tags on resources (instances, volumes, groups, …); those of other keys stay.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
    public func createTags(_ tags: [String: String], on resources: [String]) async throws {
        guard !tags.isEmpty, !resources.isEmpty else { return }
        var query = EC2Query("CreateTags")
        query.add("ResourceId", list: resources)
        query.add("Tag", tags: tags)
        _ = try await answer(query)
    }

    /// Removes the tags of these keys, whatever their values.
    public func deleteTags(_ keys: [String], on resources: [String]) async throws {
        guard !keys.isEmpty, !resources.isEmpty else { return }
        var query = EC2Query("DeleteTags")
        query.add("ResourceId", list: resources)
        for (index, key) in keys.enumerated() { query.add("Tag.\(index + 1).Key", key) }
        _ = try await answer(query)
    }
}
