import LibMySQL
import Testing

@Suite struct MySQLConfigurationTests {
    @Test func urlWithAllPartsIsReadWhole() throws {
        let configuration = try MySQLConfiguration(
            url: "mysql://bot%40fleet@db.example.com:3307/fleet%20one?tls=required&tls_ca=/etc/ca.pem")
        #expect(configuration.endpoint == .host("db.example.com", port: 3307))
        #expect(configuration.user == "bot@fleet")
        #expect(configuration.database == "fleet one")
        #expect(configuration.tls == .required)
        #expect(configuration.certificateAuthorities == "/etc/ca.pem")
        #expect(configuration.password == nil)
    }

    @Test func urlWithoutPartsHasTheDefaults() throws {
        let configuration = try MySQLConfiguration(url: "mysql:///")
        #expect(configuration.endpoint == .host("127.0.0.1", port: 3306))
        #expect(configuration.user == nil)
        #expect(configuration.database == nil)
        #expect(configuration.tls == .off)
    }

    @Test(arguments: [
        ("mysql://db.example.com/x", MySQLConfiguration.TLS.verify),
        ("mysql://10.0.0.1/x", .verify),
        ("mysql://127.0.0.1/x", .off),
        ("mysql://127.8.9.10/x", .off),
        ("mysql://127.0.0.1.example.com/x", .verify),
        ("mysql://127.0.0.300/x", .verify),
        ("mysql://localhost/x", .off),
        ("mysql://LOCALHOST/x", .off),
        ("mysql://[::1]/x", .off),
        ("mysql://[2001:db8::1]/x", .verify),
        ("mysql:///x?socket=/run/mysqld.sock", .off),
        ("mysql://127.0.0.1/x?tls=verify", .verify),
        ("mysql://db.example.com/x?tls=off", .off),
    ])
    func tlsIsVerifiedUnlessTheServerIsHereOrItIsSaid(url: String, expected: MySQLConfiguration.TLS) throws {
        #expect(try MySQLConfiguration(url: url).tls == expected)
    }

    @Test func socketStandsInPlaceOfTheHost() throws {
        let configuration = try MySQLConfiguration(url: "mysql://root@localhost/x?socket=/run/my%20sql.sock")
        #expect(configuration.endpoint == .socket(path: "/run/my sql.sock"))
        #expect(configuration.description == "mysql://root@/x?socket=/run/my sql.sock")
    }

    @Test func ipv6AddressStandsInBrackets() throws {
        let configuration = try MySQLConfiguration(url: "mysql://u@[2001:db8::1]:3310/x")
        #expect(configuration.endpoint == .host("2001:db8::1", port: 3310))
        #expect(configuration.description == "mysql://u@[2001:db8::1]:3310/x")
    }

    @Test(arguments: [
        ("postgres://x", "a database URL begins with mysql://"),
        ("", "a database URL begins with mysql://"),
        ("mysql://u:secret@h/x", "a database URL must not hold a password"),
        ("mysql://h/x?password=secret", "a database URL must not hold a password"),
        ("mysql://h/x?tls=maybe", "'tls' in a database URL is off, required or verify"),
        ("mysql://h/x?ssl=1", "unknown option 'ssl' in a database URL; options: socket, tls, tls_ca"),
        ("mysql://h/x?tls", "'tls' in a database URL has no value"),
        ("mysql://h/x?tls=off&tls=off", "'tls' stands twice in a database URL"),
        ("mysql://h:0/x", "the port in a database URL is 1 to 65535"),
        ("mysql://h:65536/x", "the port in a database URL is 1 to 65535"),
        ("mysql://h:/x", "the port in a database URL is 1 to 65535"),
        ("mysql://::1/x", "an IPv6 address in a database URL stands in brackets"),
        ("mysql://[::1/x", "'[' without ']' in a database URL"),
        ("mysql://[::1]x/x", "text after ']' in a database URL"),
        ("mysql://h/x/y", "a database URL names one database after the host"),
        ("mysql://h/%zz", "'%' in the database of a database URL is followed by two hexadecimal digits"),
        ("mysql://h/%f", "'%' in the database of a database URL is followed by two hexadecimal digits"),
        ("mysql://h/%00", "the database of a database URL is not UTF-8 text"),
        ("mysql://h/%ff", "the database of a database URL is not UTF-8 text"),
        ("mysql:///x?socket=run.sock", "'socket' in a database URL must be an absolute path"),
        ("mysql://h/x?socket=/run.sock", "a database URL names a host or a socket, not both"),
        ("mysql://h/x#y", "a '#' in a database URL must be written %23"),
    ])
    func unusableURLSaysWhatIsWrongWithoutRepeatingIt(url: String, message: String) {
        let error = #expect(throws: MySQLError.self) { try MySQLConfiguration(url: url) }
        #expect(error?.message == message)
        #expect(error?.kind == .configuration)
        #expect(error.map { "\($0)" }?.contains("secret") == false)
    }

    @Test func passwordIsInNoDescription() {
        var configuration = MySQLConfiguration(endpoint: .host("h", port: 1), user: "u")
        configuration.password = "hunter2"
        var dumped = ""
        dump(configuration, to: &dumped)
        let texts = [
            "\(configuration)", String(reflecting: configuration), dumped, String(describing: [configuration]),
        ]
        for text in texts { #expect(!text.contains("hunter2")) }
    }
}
