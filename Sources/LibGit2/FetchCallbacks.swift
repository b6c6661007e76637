import CLibgit2
import FoundationEssentials
import Glibc

/// The C functions that libgit2 calls during a fetch; their payload is the `FetchSession`.
enum FetchCallbacks {
    static func install(_ session: FetchSession, in callbacks: inout git_remote_callbacks) {
        callbacks.payload = Unmanaged.passUnretained(session).toOpaque()
        callbacks.sideband_progress = { _, _, payload in FetchCallbacks.goOn(payload) }
        callbacks.pack_progress = { _, _, _, payload in FetchCallbacks.goOn(payload) }
        callbacks.transfer_progress = { stats, payload in
            guard let session = FetchCallbacks.owner(payload), !session.isInterrupted else {
                return FetchCallbacks.stop
            }
            if let stats { session.report(stats.pointee) }
            return 0
        }
        callbacks.credentials = { out, _, user, allowed, payload in
            guard let session = FetchCallbacks.owner(payload), !session.isInterrupted else {
                return FetchCallbacks.stop
            }
            return FetchCallbacks.answer(session, out, user: user.map { String(cString: $0) }, allowed: allowed)
        }
        callbacks.certificate_check = { certificate, isValid, host, payload in
            guard let session = FetchCallbacks.owner(payload), !session.isInterrupted else {
                return FetchCallbacks.stop
            }
            let host = host.map { String(cString: $0) } ?? ""
            return FetchCallbacks.judge(session, certificate, isValid: isValid == 1, host: host)
        }
    }

    private static func goOn(_ payload: UnsafeMutableRawPointer?) -> CInt {
        owner(payload)?.isInterrupted == false ? 0 : stop
    }

    private static var stop: CInt { GIT_EUSER.rawValue }

    private static func owner(_ payload: UnsafeMutableRawPointer?) -> FetchSession? {
        payload.map { Unmanaged<FetchSession>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Credentials

    /// Answers a server that asks who we are. libgit2 asks again after each refusal, so a second question is an error.
    private static func answer(
        _ session: FetchSession, _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>?, user: String?,
        allowed: UInt32
    ) -> CInt {
        func allows(_ type: git_credential_t) -> Bool { allowed & type.rawValue != 0 }
        if allows(GIT_CREDENTIAL_USERNAME) {
            return git_credential_username_new(out, loginName)
        }
        guard session.takeTurnToOffer() else { return refuseSecondTurn(session) }
        switch session.credentials {
        case .none:
            return session.refuse(
                .authentication, "the server asks for credentials and none are configured",
                hint: "name a token or an SSH key in the source's auth")
        case .token(let token):
            guard allows(GIT_CREDENTIAL_USERPASS_PLAINTEXT) else {
                return session.refuse(.authentication, "the server takes no token (basic authentication)")
            }
            return git_credential_userpass_plaintext_new(out, "x-access-token", token)
        case .sshKeyFile(let path):
            guard allows(GIT_CREDENTIAL_SSH_KEY) else { return refuseKeys(session) }
            guard access(path, R_OK) == 0 else {
                return session.refuse(.authentication, "the key file \(path) cannot be read: \(systemError())")
            }
            return git_credential_ssh_key_new(out, user ?? loginName, nil, path, nil)
        case .sshAgent:
            guard allows(GIT_CREDENTIAL_SSH_KEY) else { return refuseKeys(session) }
            guard getenv("SSH_AUTH_SOCK") != nil else {
                return session.refuse(
                    .authentication, "the server wants an SSH key and no ssh-agent runs (SSH_AUTH_SOCK is not set)",
                    hint: "start ssh-agent and run ssh-add, or name a key in auth: {ssh_key_file: …}")
            }
            return git_credential_ssh_key_from_agent(out, user ?? loginName)
        }
    }

    private static func refuseSecondTurn(_ session: FetchSession) -> CInt {
        switch session.credentials {
        case .none: session.refuse(.authentication, "the server asks for credentials and none are configured")
        case .token:
            session.refuse(.authentication, "the server refuses the token", hint: "renew it or widen its rights")
        case .sshKeyFile(let path):
            session.refuse(
                .authentication, "the server refuses the key in \(path), or the key has a passphrase",
                hint: "register its public half with the server; a key with a passphrase belongs into ssh-agent")
        case .sshAgent:
            session.refuse(
                .authentication, "the server refuses every key of ssh-agent",
                hint: "see 'ssh-add -l', and register the public key with the server")
        }
    }

    private static func refuseKeys(_ session: FetchSession) -> CInt {
        session.refuse(.authentication, "the server takes no SSH keys")
    }

    /// The user that ssh takes when the URL names none.
    private static var loginName: String {
        getpwuid(geteuid())?.pointee.pw_name.map { String(cString: $0) } ?? "git"
    }

    private static func systemError() -> String { String(cString: strerror(errno)) }

    // MARK: Who the server is

    /// Accepts what libgit2 found good: a certificate of the system's authorities, a host key of ~/.ssh/known_hosts.
    ///
    /// Since 1.5.1 libgit2 itself looks host keys up there, hashed names and `[host]:port` included, and says so in
    /// `isValid` (CVE-2023-22742); it knows no `@revoked`, so that is looked at here.
    private static func judge(
        _ session: FetchSession, _ certificate: UnsafeMutablePointer<git_cert>?, isValid: Bool, host: String
    ) -> CInt {
        guard let certificate, certificate.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
            if isValid { return 0 }
            return session.refuse(
                .certificate, "the certificate of \(host) is not trusted by this system",
                hint: "add its authority to the system's certificates (update-ca-certificates)")
        }
        let key = UnsafeRawPointer(certificate).assumingMemoryBound(to: git_cert_hostkey.self).pointee
        let fingerprint = "SHA256:" + base64(withUnsafeBytes(of: key.hash_sha256) { Data($0) })
        guard isValid else {
            return session.refuse(
                .certificate, "\(host) shows host key \(fingerprint), which known_hosts does not have for it",
                hint:
                    "compare it with what the host's owner says, then add the host with ssh-keyscan to ~/.ssh/known_hosts; "
                    + "where the host is listed already, its key has changed: ask why before you replace it")
        }
        if let bytes = key.hostkey, isRevoked(Data(bytes: bytes, count: key.hostkey_len)) {
            return session.refuse(.certificate, "host key \(fingerprint) of \(host) is marked @revoked in known_hosts")
        }
        return 0
    }

    private static func base64(_ bytes: Data) -> String {
        String(bytes.base64EncodedString().prefix { $0 != "=" })
    }

    private static func isRevoked(_ key: Data) -> Bool {
        guard let home = getenv("HOME"),
            let file = FileManager.default.contents(atPath: String(cString: home) + "/.ssh/known_hosts")
        else { return false }
        let encoded = key.base64EncodedString()
        return String(decoding: file, as: UTF8.self).split(separator: "\n").contains { line in
            line.hasPrefix("@revoked") && line.split { $0 == " " || $0 == "\t" }.contains { $0 == encoded }
        }
    }
}
