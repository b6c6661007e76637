import FleetModel
import LibYAML

/// Reads an entry of fleet/regions.yaml.
enum RegionReader {
    static let keys: [StaticString] = ["name", "limit", "default_image", "vpc", "subnets", "public_ip"]

    /// The region; nil where it has no readable name.
    static func read(_ node: YAMLNode, file: String, findings: Findings) -> Located<Region>? {
        let document = DocumentReader(file: file, mark: node.mark, findings: findings)
        guard let top = document.mapping(node, what: "a region", keys: keys) else { return nil }
        var region = Region(name: "")
        let name = top.required("name")?.name(of: "a region")
        region.limit = top.field("limit")?.integer(in: 0...1_000_000)
        region.defaultImage = top.field("default_image").flatMap(image)
        region.vpc = top.field("vpc")?.text(
            where: { TextRule.isID($0, prefix: "vpc-") }, must: "a VPC like vpc-0abc1234")
        region.subnets = top.field("subnets")?.items(of: "subnets").map(subnets) ?? []
        region.publicIP = top.field("public_ip")?.boolean()
        guard let name else { return nil }
        region.name = name
        return Located(region, at: document.location, places: document.places)
    }

    private static func image(_ field: FieldReader) -> ImageReference? {
        guard field.node.kind == .mapping else {
            guard field.node.kind == .scalar else {
                field.error("'\(field.name)' takes ami-… or {owner: …, name: …}, not \(field.node.description)")
                return nil
            }
            return field.imageID().map(ImageReference.id)
        }
        guard let mapping = field.mapping(["owner", "name"], example: "{owner: self, name: \"bots-*\"}") else {
            return nil
        }
        let owner = mapping.required("owner")?.imageOwner()
        let name = mapping.required("name")?.text(limit: 128)
        guard let owner, let name else { return nil }
        return .newest(owner: owner, name: name)
    }

    private static func subnets(_ items: [FieldReader]) -> [String] {
        var subnets: [String] = []
        for item in items {
            let rule = { TextRule.isID($0, prefix: "subnet-") }
            guard let subnet = item.text(where: rule, must: "a subnet like subnet-0abc1234") else { continue }
            if subnets.contains(subnet) {
                item.error("\(Quotation.quoted(subnet)) stands here twice")
            } else {
                subnets.append(subnet)
            }
        }
        return subnets
    }
}
