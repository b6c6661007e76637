import FleetModel
import LibCrypto

/// Key pairs: public keys that EC2 puts on instances.
extension EC2 {
    /// Imports an OpenSSH public key under a name. A name that is taken is refused as `isDuplicate`.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html
    public func importKeyPair(
        name: String, publicKey: String, tags: [String: String]
    ) async throws -> ObservedKeyPair {
        var query = EC2Query("ImportKeyPair")
        query.add("KeyName", name)
        query.add("PublicKeyMaterial", Base64.encode(Array(publicKey.utf8)))
        query.add(specification: 1, of: "key-pair", tags: tags)
        let tree = try await answer(query, .never)
        return ObservedKeyPair(
            keyPairID: tree.value("keyPairId"), name: tree.value("keyName") ?? name, region: region,
            fingerprint: tree.value("keyFingerprint"), tags: tags)
    }

    /// The key pairs that all filters hold for, in one answer: EC2 has no pages of them.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeKeyPairs.html
    public func keyPairs(matching filters: [EC2Filter] = []) async throws -> [ObservedKeyPair] {
        try check(filters, "DescribeKeyPairs")
        var query = EC2Query("DescribeKeyPairs")
        query.add(filters)
        return try await pages(query, set: "keySet", isPaged: false) { item in
            item.value("keyName").map {
                ObservedKeyPair(
                    keyPairID: item.value("keyPairId"), name: $0, region: region,
                    fingerprint: item.value("keyFingerprint"), tags: item.tags)
            }
        }.all()
    }

    /// Deletes a key pair; one that is not there is no error.
    public func deleteKeyPair(name: String) async throws {
        var query = EC2Query("DeleteKeyPair")
        query.add("KeyName", name)
        _ = try await answer(query)
    }
}
