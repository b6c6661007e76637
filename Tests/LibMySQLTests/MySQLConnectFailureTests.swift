import FleetTestSupport
import Foundation
import LibMySQL
import Testing

@Suite struct MySQLConnectFailureTests {
    private func failure(_ configuration: MySQLConfiguration) async -> MySQLError? {
        await #expect(throws: MySQLError.self) {
            let connection = try await MySQLConnection.open(configuration)
            await connection.close()
        }
    }

    @Test func wrongPasswordUserAndDatabaseAreToldApart() async throws {
        try await PrivateServer.run { server in
            let password = await failure(server.configuration(password: "hunter2"))
            #expect(password?.message == "Access denied for user 'u'@'127.0.0.1' (using password: YES)")
            #expect(password?.isAccessDenied == true)
            #expect(password?.target == "mysql://u@127.0.0.1:\(server.port)/t")

            let none = await failure(server.configuration(password: nil))
            #expect(none?.message == "Access denied for user 'u'@'127.0.0.1' (using password: NO)")

            let user = await failure(server.configuration(user: "nobody"))
            #expect(user?.isAccessDenied == true)

            let database = await failure(server.configuration(database: "missing"))
            #expect(database?.message == "Unknown database 'missing'")
            #expect(database?.isUnknownDatabase == true)

            let open = try await MySQLConnection.open(server.configuration())
            #expect(await open.cipher == nil)
            await open.close()
        }
    }

    @Test func nobodyListeningIsUnreachable() async throws {
        let port = try freePort()
        let error = await failure(MySQLConfiguration(endpoint: .host("127.0.0.1", port: UInt16(port)), user: "u"))
        #expect(error?.message == "Can't connect to server on '127.0.0.1'")
        #expect(error?.isUnreachable == true)
    }

    @Test func missingSocketIsUnreachable() async throws {
        try await withTemporaryDirectory { folder in
            let error = await failure(MySQLConfiguration(endpoint: .socket(path: folder.path + "/none")))
            #expect(error?.message == "Can't connect to local server through socket '\(folder.path)/none' (2)")
            #expect(error?.isUnreachable == true)
        }
    }

    @Test func unknownHostIsUnreachable() async throws {
        let error = await failure(
            MySQLConfiguration(endpoint: .host("no-such-host.invalid", port: 3306), user: "u", tls: .off))
        #expect(error?.message.contains("no-such-host.invalid") == true)
        #expect(error?.isUnreachable == true)
    }

    @Test func silentServerEndsAtTheConnectTimeout() async throws {
        try await PrivateServer.run { server in
            var impatient = server.configuration()
            impatient.connectTimeout = .seconds(1)
            impatient.readTimeout = .seconds(1)
            server.freeze()
            defer { server.thaw() }
            let began = ContinuousClock.now
            let error = await failure(impatient)
            #expect(ContinuousClock.now - began < .seconds(10))
            #expect(error?.isUnreachable == true)
        }
    }

    @Test func serverWithoutTLSIsRefusedWhereTLSIsAskedFor() async throws {
        try await PrivateServer.run { server in
            for mode in [MySQLConfiguration.TLS.required, .verify] {
                let error = await failure(server.configuration(tls: mode))
                #expect(error?.isTLSFailure == true, "\(mode): \(String(describing: error))")
            }
        }
    }

    @Test func tlsMatrixOfModesAuthoritiesAndNames() async throws {
        try await PrivateServer.run(tls: true) { server in
            let stranger = server.folder.path + "/other.pem"
            func cipher(_ configuration: MySQLConfiguration) async throws -> String? {
                let connection = try await MySQLConnection.open(configuration)
                let cipher = await connection.cipher
                // A statement that is longer than a record goes both ways over it.
                let text = String(repeating: "ü", count: 40_000)
                #expect(try await connection.query("SELECT ?", [.string(text)]).first?.values == [.string(text)])
                await connection.close()
                return cipher
            }
            let good = [
                (server.configuration(tls: .off), false),
                (server.configuration(tls: .required), true),
                (server.configuration(tls: .required, authorities: server.authority), true),
                (server.configuration(tls: .verify, authorities: server.authority), true),
                (server.configuration(host: "localhost", tls: .verify, authorities: server.authority), true),
            ]
            for (configuration, isEncrypted) in good {
                let used = try await cipher(configuration)
                #expect((used != nil) == isEncrypted, "\(configuration.tls) \(configuration)")
            }

            let unknown = await failure(server.configuration(tls: .verify))
            #expect(unknown?.isTLSFailure == true, "the system's authorities did not sign this one")
            let wrong = await failure(server.configuration(tls: .verify, authorities: stranger))
            #expect(wrong?.isTLSFailure == true)
            let missing = await failure(server.configuration(tls: .verify, authorities: "/nonexistent.pem"))
            #expect(missing != nil)
            let name = await failure(
                server.configuration(host: "127.0.0.2", tls: .verify, authorities: server.authority))
            #expect(name != nil, "127.0.0.2 is not in the certificate, nor does anybody listen there")
            let otherName = await failure(
                server.configuration(host: "127.1", tls: .verify, authorities: server.authority))
            #expect(otherName?.isTLSFailure == true, "127.1 reaches the server, but the certificate does not name it")
        }
    }
}
