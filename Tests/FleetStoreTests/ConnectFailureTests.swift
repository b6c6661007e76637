import FleetStore
import FleetTestSupport
import LibMySQL
import Logging
import Testing

@Suite struct ConnectFailureTests {
    private func failure(_ change: (inout MySQLConfiguration) -> Void) async throws -> MySQLError? {
        let sandbox = try await Sandbox.shared()
        return try await sandbox.withFreshDatabase { database in
            var configuration = try StoreFixture.configuration(database)
            change(&configuration.server)
            return await #expect(throws: MySQLError.self) {
                let store = try await FleetStore.connect(configuration, logger: Logger(label: "test"))
                await store.close()
            }
        }
    }

    @Test func wrongPasswordSaysWhichVariableToCheck() async throws {
        let error = try await failure { $0.password = "hunter2" }
        #expect(
            error?.summary.hasSuffix(
                ": Access denied for user 'botfleet'@'localhost' (using password: YES) (error 1045)") == true
                || error?.summary.contains("Access denied for user 'botfleet'@'127.0.0.1'") == true,
            "\(error?.summary ?? "")")
        #expect(error?.summary.hasPrefix("cannot open mysql://botfleet@127.0.0.1:") == true)
        #expect(error?.hint == "check BOTFLEET_DATABASE_PASSWORD, the user in the URL and its rights")
        let shown = "\(String(describing: error)) \(error?.summary ?? "")"
        #expect(shown.contains("hunter2") == false)
    }

    @Test func missingPasswordSaysHowToGiveOne() async throws {
        let error = try await failure { $0.password = nil }
        #expect(error?.hint == "no password was given: set BOTFLEET_DATABASE_PASSWORD or database.option_file")
    }

    @Test func unknownDatabaseSaysHowToMakeIt() async throws {
        let error = try await failure { $0.database = "botfleet_none" }
        #expect(error?.hint?.hasPrefix("create it: CREATE DATABASE") == true || error?.isAccessDenied == true)
    }

    @Test func deadServerAsksWhetherItIsUp() async throws {
        let error = try await failure { $0.endpoint = .socket(path: "/nonexistent/mysqld.sock") }
        #expect(
            error?.summary.hasSuffix(
                "Can't connect to local server through socket '/nonexistent/mysqld.sock' (2) (error 2002)") == true)
        #expect(error?.hint == "is the server up, and is the URL right (BOTFLEET_DATABASE_URL, database.url)?")
    }

    @Test func untrustedCertificateSaysHowToTrustIt() async throws {
        let error = try await failure {
            $0.tls = .verify
            $0.certificateAuthorities = nil
        }
        #expect(error?.isTLSFailure == true)
        #expect(error?.hint?.contains("tls_ca=FILE") == true)
    }

    @Test func trustedCertificateOfTheSandboxIsVerified() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withFreshDatabase { database in
            var configuration = try StoreFixture.configuration(database)
            configuration.server.tls = .verify
            configuration.server.certificateAuthorities = sandbox.databaseAuthority
            let store = try await FleetStore.connect(configuration, logger: Logger(label: "test"))
            try await store.migrate()
            await store.close()
        }
    }
}
