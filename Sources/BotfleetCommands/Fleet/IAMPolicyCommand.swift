import AWSCloud
import ArgumentParser
import Diagnostics
import FleetFiles
import FleetModel
import Reconciling
import Views

/// `botfleet iam-policy`: the least that somebody needs of AWS for this fleet.
struct IAMPolicyCommand: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "iam-policy", abstract: "Print the least IAM policy that this fleet needs, as JSON.",
        discussion: """
            For who runs plan and apply (operator), for `botfleet run` (runner), or for the instances' own role (instance: aws.instance_profile). \
            From the files alone: the bucket, the fleet's tag, and of SSM the parameters that deployments name. SSM parameters under a \
            key of your own need kms:Decrypt on it as well.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(name: .customLong("for"), help: "operator, runner or instance.") var role: IAMPolicy.Role = .operator

    func run(in context: CommandContext) async throws -> ExitCode {
        let files = context.loader.files()
        guard let repository = files.repository, !files.diagnostics.hasErrors else {
            context.show(files.diagnostics)
            return .failure
        }
        Terminal.write(JSONView.text(IAMPolicy(repository).document(for: role)))
        return .success
    }
}

extension IAMPolicy.Role: ExpressibleByArgument {}
