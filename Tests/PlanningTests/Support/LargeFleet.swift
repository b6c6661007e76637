import FleetModel
import Foundation
import Planning

/// Fleets of a given size, applied, for what planning costs.
enum LargeFleet {
    /// `deployments` × `count` instances of as many users as `users`, half of them on a schedule, with nothing to do.
    static func make(deployments: Int, count: Int, users: Int) throws -> FleetFixture {
        var fixture = try FleetFixture()
        fixture.schedules = [FleetFixture.officeHours()]
        fixture.users = try (0..<users).map {
            User(
                email: "user\($0)@example.com", timezone: "Europe/Berlin", region: "eu-west-1",
                allowedIPs: [try CIDR(parsing: "203.0.113.7/32")], sshPublicKey: "ssh-ed25519 AAAA user\($0)")
        }
        fixture.deployments = (0..<deployments).map { index in
            Deployment(
                name: "bot-\(index)", user: "user\(index % users)@example.com", bot: index % 2 == 0 ? "watch" : "track",
                count: count, power: index % 4 < 2 ? .state(.running) : .schedule("office-hours"),
                parameters: ["speed": .text(String(index)), "password": .ssm("/bots/\(index)")])
        }
        try fixture.apply()
        return fixture
    }
}
