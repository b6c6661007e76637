import FleetTestSupport
import LibMySQL

extension PrivateServer {
    /// How LibMySQL reaches it.
    func configuration(
        host: String = "127.0.0.1", tls: MySQLConfiguration.TLS = .off, authorities: String? = nil,
        user: String = "u", password: String? = "right", database: String = "t"
    ) -> MySQLConfiguration {
        MySQLConfiguration(
            endpoint: .host(host, port: UInt16(port)), user: user, password: password, database: database, tls: tls,
            certificateAuthorities: authorities)
    }
}
