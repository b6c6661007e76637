import FleetModel
import LibYAML

/// Reads the entries of `broadcast:` in fleet.yaml.
enum BroadcastReader {
    /// One entry: `{pusher: {…}}` or `{webhook: {…}}`.
    static func sink(_ field: FieldReader) -> BroadcastSink? {
        guard let entry = field.mapping(["pusher", "webhook"], example: "{webhook: {url: \"https://…\"}}") else {
            return nil
        }
        guard entry.node.count == 1 || !(entry.has("pusher") && entry.has("webhook")) else {
            entry.error(at: "webhook", "an entry is one sink; put the second into an entry of its own")
            return nil
        }
        if entry.has("pusher") { return entry.field("pusher").flatMap(pusher) }
        if entry.has("webhook") { return entry.field("webhook").flatMap(webhook) }
        // An unknown key was told already.
        return nil
    }

    private static func pusher(_ field: FieldReader) -> BroadcastSink? {
        let keys: [StaticString] = ["url", "app_id", "key", "secret"]
        guard let pusher = field.mapping(keys, example: "{url: \"http://127.0.0.1:6001\", app_id: acme, …}") else {
            return nil
        }
        let url = pusher.required("url")?.webAddress()
        let app = pusher.required("app_id")?.text(
            limit: 255,
            where: { $0.utf8.allSatisfy { NameSketch.isNameByte($0) || (65...90).contains($0) || $0 == 95 } },
            must: "letters, digits, '-' and '_'")
        let key = pusher.required("key")?.environmentReference()
        let secret = pusher.required("secret")?.environmentReference()
        guard let url, let app, let key, let secret else { return nil }
        return .pusher(url: url, appID: app, key: key, secret: secret)
    }

    private static func webhook(_ field: FieldReader) -> BroadcastSink? {
        guard let webhook = field.mapping(["url", "secret"], example: "{url: \"https://…\", secret: {env: NAME}}")
        else {
            return nil
        }
        let url = webhook.required("url")?.webAddress()
        let secret = webhook.field("secret")?.environmentReference()
        guard let url else { return nil }
        return .webhook(url: url, secret: secret)
    }
}
