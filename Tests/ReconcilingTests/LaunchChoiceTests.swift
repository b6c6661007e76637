import Testing

@testable import Reconciling

@Suite struct LaunchChoiceTests {
    @Test func everyTypeIsTriedInEverySubnetInTheirOrder() {
        let choices = LaunchChoice.all(types: ["t3.small", "t3.large"], subnets: ["subnet-1", "subnet-2"])
        #expect(
            choices.map(\.description) == [
                "t3.small in subnet-1", "t3.small in subnet-2", "t3.large in subnet-1", "t3.large in subnet-2",
            ])
    }

    @Test func withoutSubnetsTheChoiceIsAWSs() {
        #expect(LaunchChoice.all(types: ["t3.small"], subnets: []) == [LaunchChoice(type: "t3.small", subnet: nil)])
    }
}
