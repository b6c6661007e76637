import LibMySQL
import Testing

@Suite struct MySQLServerVersionTests {
    @Test(arguments: [
        ("10.11.19-MariaDB-0+deb12u1", "MariaDB 10.11.19", true),
        ("5.5.5-10.6.1-MariaDB", "MariaDB 10.6.1", true),
        ("10.5.29-MariaDB", "MariaDB 10.5.29", false),
        ("11.4.2-MariaDB-log", "MariaDB 11.4.2", true),
        ("8.0.36", "MySQL 8.0.36", true),
        ("8.0.36-28.1-Percona", "MySQL 8.0.36", true),
        ("8.4.0", "MySQL 8.4.0", true),
        ("9.1.0", "MySQL 9.1.0", true),
        ("5.7.44-log", "MySQL 5.7.44", false),
        ("nonsense", "MySQL 0.0.0", false),
    ])
    func versionIsReadAndJudged(text: String, description: String, isSupported: Bool) {
        let version = MySQLServerVersion(text: text)
        #expect(version.description == description)
        #expect(version.isSupported == isSupported)
    }
}
