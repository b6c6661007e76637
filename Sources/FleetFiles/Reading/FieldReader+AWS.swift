/// Fields whose rules AWS, MySQL and git set.
extension FieldReader {
    func instanceType() -> String? {
        text(where: TextRule.isInstanceType, must: "an instance type like t3.medium")
    }

    func instanceProfile() -> String? {
        text(where: TextRule.isInstanceProfile, must: "the name of an instance profile (letters, digits and +=,.@_-)")
    }

    /// GiB of a root volume. Source: the EC2 User Guide, "Amazon EBS volume types" (gp3: 1 to 16,384; images need 8).
    func storage() -> Int? {
        integer(in: 8...16_384, unit: " (GiB)")
    }

    func imageOwner() -> String? {
        text(where: TextRule.isImageOwner, must: "self, amazon, aws-marketplace or an account's 12 digits")
    }

    func imageID() -> String? {
        text(where: { TextRule.isID($0, prefix: "ami-") }, must: "an image like ami-0abc1234")
    }

    func gitRef() -> String? {
        text(where: TextRule.isGitRef, must: "a branch, tag or commit")
    }

    /// `mysql://user@host:port/database?tls=…&tls_ca=…`; a message never quotes it, because it may hold a password.
    func databaseAddress() -> String? {
        guard let text = text(limit: 1024) else { return nil }
        guard let address = WebAddress(text), address.scheme == "mysql" else {
            error("'\(name)' takes mysql://user@host:3306/database")
            return nil
        }
        guard address.userinfo?.contains(":") != true else {
            error("a password never stands in a file; set BOTFLEET_DATABASE_PASSWORD or use 'option_file'")
            return nil
        }
        guard address.path.utf8.count > 1, !address.path.dropFirst().contains("/") else {
            error("'\(name)' names no database: mysql://user@host:3306/database")
            return nil
        }
        return checkOptions(of: address) ? text : nil
    }

    private func checkOptions(of address: WebAddress) -> Bool {
        let known = ["tls", "tls_ca", "socket"]
        for pair in (address.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard known.contains(parts[0]) else {
                let hint = Quotation.hint(for: parts[0], among: known, called: "options")
                error("'\(name)' has an unknown option \(Quotation.quoted(parts[0]))\(hint)")
                return false
            }
            guard parts.count == 2, !parts[1].isEmpty else {
                error("option '\(parts[0])' of '\(name)' has no value")
                return false
            }
            if parts[0] == "tls", !["off", "required", "verify"].contains(parts[1]) {
                error("option 'tls' of '\(name)' is off, required or verify, not \(Quotation.quoted(parts[1]))")
                return false
            }
        }
        return true
    }
}
