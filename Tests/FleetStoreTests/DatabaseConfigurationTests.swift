import FleetModel
import FleetStore
import FleetTestSupport
import Foundation
import LibMySQL
import Testing

@Suite struct DatabaseConfigurationTests {
    private let settings = DatabaseSettings(url: "mysql://botfleet@db.example.com/botfleet")

    @Test func environmentsURLWinsOverTheFiles() throws {
        let configuration = try DatabaseConfiguration.from(
            settings: settings, environment: ["BOTFLEET_DATABASE_URL": "mysql://u@127.0.0.1/x"])
        #expect(configuration.description == "mysql://u@127.0.0.1:3306/x")
        let plain = try DatabaseConfiguration.from(settings: settings, environment: ["BOTFLEET_DATABASE_URL": ""])
        #expect(plain.description == "mysql://botfleet@db.example.com:3306/botfleet")
        #expect(plain.server.tls == .verify)
    }

    @Test func passwordComesFromTheEnvironmentElseTheOptionFile() async throws {
        try await withTemporaryDirectory { folder in
            try folder.write("[client]\nuser=fromfile\npassword=filed\nssl-ca=/ca.pem\n", to: "secrets/my.cnf")
            var settings = DatabaseSettings(url: "mysql://db.example.com/x", optionFile: "secrets/my.cnf")
            let filed = try DatabaseConfiguration.from(settings: settings, environment: [:], folder: folder.path)
            #expect(filed.server.password == "filed" && filed.server.user == "fromfile")
            #expect(filed.server.certificateAuthorities == "/ca.pem")
            let told = try DatabaseConfiguration.from(
                settings: settings, environment: ["BOTFLEET_DATABASE_PASSWORD": "told"], folder: folder.path)
            #expect(told.server.password == "told")
            settings.optionFile = "~/secrets/my.cnf"
            let home = try DatabaseConfiguration.from(settings: settings, environment: ["HOME": folder.path])
            #expect(home.server.password == "filed")
            let shown = "\(home) \(home.server)"
            #expect(shown.contains("filed") == false)
        }
    }

    @Test func authoritiesAreFoundFromTheRepository() throws {
        let settings = DatabaseSettings(url: "mysql://u@db.example.com/x?tls_ca=certs/ca.pem")
        let configuration = try DatabaseConfiguration.from(settings: settings, environment: [:], folder: "/repo")
        #expect(configuration.server.certificateAuthorities == "/repo/certs/ca.pem")
    }

    @Test(arguments: [
        ("mysql://u:p@h/x", "database.url in fleet.yaml is not usable: a database URL must not hold a password"),
        ("mysql://u@h", "database.url in fleet.yaml names no database"),
        ("sqlite:x", "database.url in fleet.yaml is not usable: a database URL begins with mysql://"),
    ])
    func unusableURLSaysWhereItStands(url: String, summary: String) {
        let error = #expect(throws: StoreError.self) {
            try DatabaseConfiguration.from(settings: DatabaseSettings(url: url), environment: [:])
        }
        #expect(error?.summary == summary)
        #expect(error?.kind == .configuration)
    }

    @Test func unusableURLOfTheEnvironmentIsNamedAfterIt() {
        let error = #expect(throws: StoreError.self) {
            try DatabaseConfiguration.from(settings: nil, environment: ["BOTFLEET_DATABASE_URL": "mysql://h"])
        }
        #expect(error?.summary == "BOTFLEET_DATABASE_URL names no database")
    }

    @Test func nothingConfiguredSaysWhatToSet() {
        let error = #expect(throws: StoreError.self) { try DatabaseConfiguration.from(settings: nil, environment: [:]) }
        #expect(error?.summary == "no database is configured")
        #expect(error?.hint == "set BOTFLEET_DATABASE_URL, or database.url in fleet.yaml")
    }

    @Test func missingOptionFileIsNamed() {
        let settings = DatabaseSettings(url: "mysql://u@h/x", optionFile: "none.cnf")
        let error = #expect(throws: StoreError.self) {
            try DatabaseConfiguration.from(settings: settings, environment: [:], folder: "/nonexistent")
        }
        #expect(error?.summary == "cannot read the database's option file 'none.cnf'")
    }
}
