import FleetModel
import FleetTestSupport
import Foundation
import LibZlib
import Testing

@testable import InstanceAgent

/// What a new instance is told: who it is, and the agent itself.
@Suite struct UserDataTests {
    private let userData = UserData(fleet: "acme", instance: "watch-1", bucket: "acme-bots", region: "eu-west-1")

    @Test func cloudConfigWritesTheAgentByteForByteAndNamesTheInstance() async throws {
        let sandbox = try await Sandbox.shared()
        let script = """
            import base64, json, sys, yaml
            config = yaml.safe_load(sys.stdin)
            decode = lambda f: base64.b64decode(f["content"]).decode() if f.get("encoding") == "b64" else f["content"]
            files = {f["path"]: decode(f) for f in config["write_files"]}
            print(json.dumps({"files": files, "run": config["runcmd"]}))
            """
        let result = try await run(
            [sandbox.python, "-c", script], environment: sandbox.environment, stdin: try userData.cloudConfig())
        let json = try result.json()
        for file in UserData.files {
            #expect(json.at("files", file.path)?.text == String(decoding: file.bytes, as: UTF8.self), "\(file.path)")
        }
        #expect(
            json.at("files", "/etc/botfleet/instance.json")?.text
                == #"{"bucket":"acme-bots","fleet":"acme","instance":"watch-1","region":"eu-west-1","version":2}"#)
        #expect(json.at("run", 0, 1)?.text == "/usr/local/lib/botfleet/install.sh")
    }

    @Test func encodedUserDataFitsAndIsTheSameEachTime() throws {
        let encoded = try userData.encoded()
        let data = try #require(Data(base64Encoded: encoded))
        // AWS takes 16 KB; the longest names leave room still.
        #expect(data.count < 15_000, "\(data.count)")
        #expect(try userData.encoded() == encoded)
        #expect(try Gzip.decompress(Array(data), limit: 1 << 20) == Array(try userData.cloudConfig().utf8))
    }
}

/// status.json, which an instance wrote.
@Suite struct StatusDocumentTests {
    @Test func documentOfAnAgentIsRead() throws {
        let text = """
            {"format": 1, "agent": "1", "bot": "waiting", "version": 3, "restarts": 2, "pending_uploads": 4, "error": null,
             "last_exit": {"signal": "SIGKILL", "at": "2026-11-25T12:00:00Z"}, "last_upload": {"at": "x", "files": 2}}
            """
        let status = try #require(StatusDocument(Array(text.utf8)))
        #expect(status.bot == "waiting" && status.version == 3 && status.restarts == 2 && status.pendingUploads == 4)
        #expect(status.lastExit == "SIGKILL" && status.lastUploadAt == "x" && status.error == nil)
    }

    @Test(arguments: ["", "[]", "nonsense", "\"text\""])
    func whatIsNoDocumentIsNone(text: String) { #expect(StatusDocument(Array(text.utf8)) == nil) }

    @Test func oddMembersAreLeftOut() throws {
        let status = try #require(StatusDocument(Array(#"{"bot": 5, "version": "x", "last_exit": "no"}"#.utf8)))
        #expect(status.bot == nil && status.version == nil && status.lastExit == nil)
    }
}

/// Upload lists, which an instance wrote too.
@Suite struct UploadListTests {
    @Test(arguments: [
        ("uploads/20261125T131200.123456Z-web-1.jsonl", "2026-11-25T13:12:00Z", "web-1"),
        ("uploads/20261125T131200Z-a.jsonl", "2026-11-25T13:12:00Z", "a"),
    ])
    func keyOfAListIsRead(key: String, time: String, instance: String) throws {
        let list = try #require(UploadList(key: key))
        #expect(list.writtenAt == Instant(rfc3339: time) && list.instance == instance)
    }

    @Test(arguments: [
        "uploads/readme.txt", "uploads/20261125T131200Z-.jsonl", "uploads/20261325T131200Z-web-1.jsonl",
        "uploads/x-web-1.jsonl",
        "other/20261125T131200Z-web-1.jsonl", "uploads/20261125T131200Zweb.jsonl",
    ])
    func keyOfAnotherObjectIsNone(key: String) { #expect(UploadList(key: key) == nil) }

    @Test func listsAfterATimeComeAfterItsKey() throws {
        let time = try #require(Instant(rfc3339: "2026-11-25T13:12:00Z"))
        #expect(UploadList.startAfter(time) == "uploads/20261125T131200")
        #expect("uploads/20261125T131200.000000Z-a.jsonl" > UploadList.startAfter(time))
    }
}
