import FleetModel
import FleetStore

extension [DueDeployment] {
    /// Makes sure that each name is a deployment or an instance of these.
    func requireAll(_ names: [String], in context: DutyContext) async throws {
        let known = Set(map(\.deployment.name)).union(flatMap { $0.instances.map(\.name) })
        guard let missing = names.first(where: { !known.contains($0) }) else { return }
        let all = try await context.store.instances(fleetID: context.fleetID).filter(\.managed)
        let others = Set(all.map(\.name)).union(all.compactMap(\.deployment)).sorted()
        throw JobFailure.notFound(kind: "instance", name: missing, among: others)
    }

    /// The instances that names stand for, each with its deployment, in order: a deployment's name is all of its instances.
    func instances(named names: [String]) -> [(deployment: DueDeployment, name: String)] {
        flatMap { deployment in
            deployment.instances.map(\.name)
                .filter { names.contains($0) || names.contains(deployment.deployment.name) }
                .sorted(by: NaturalOrder.precedes)
                .map { (deployment, $0) }
        }
    }
}
