import LibMySQL
import Testing

@Suite struct MySQLOptionFileTests {
    @Test func clientSectionsAreReadAndOthersPassedOver() throws {
        let file = try MySQLOptionFile(
            text: """
                # a comment
                [mysqld]
                user = daemon
                port = nonsense

                [client]
                user=anna
                password = "p#a\\"ss\\\\" # behind it
                ssl_ca = /etc/ca.pem
                skip-ssl

                [client-mariadb]
                host='db.example.com'
                port = 3307   # the second
                socket = /run/a\\sb.sock
                database = x
                """)
        #expect(file.user == "anna")
        #expect(file.password == "p#a\"ss\\")
        #expect(file.host == "db.example.com")
        #expect(file.port == 3307)
        #expect(file.socket == "/run/a b.sock")
        #expect(file.database == "x")
        #expect(file.certificateAuthorities == "/etc/ca.pem")
    }

    @Test func laterLineWins() throws {
        #expect(try MySQLOptionFile(text: "[client]\npassword=a\npassword=b").password == "b")
    }

    @Test func hashWithinAWordIsPartOfThePassword() throws {
        #expect(try MySQLOptionFile(text: "[client]\npassword=a#b").password == "a#b")
    }

    @Test(arguments: [
        ("password=secret", "line 1 of the option file: an option before the first [section]"),
        ("[client\nx", "line 1 of the option file: '[' without ']'"),
        ("[client]\n\nport=secret", "line 3 of the option file: 'port' is 1 to 65535"),
        ("!include /etc/secret", "line 1 of the option file: '!include' is not supported"),
    ])
    func brokenLineIsNamedByItsNumberOnly(text: String, message: String) {
        let error = #expect(throws: MySQLError.self) { try MySQLOptionFile(text: text) }
        #expect(error?.message == message)
    }
}
