"""What goes wrong on an instance, by accident or by a bot that means harm: the agent goes on, and is not fooled."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import tracemalloc
import unittest
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import agent_tests  # noqa: E402 - the module: its own tests are run where they stand
import botfleet_agent  # noqa: E402 - agent_tests made a scratch root for it
import botfleet_aws  # noqa: E402
import botfleet_bot  # noqa: E402
from agent_box import Metadata  # noqa: E402
from agent_tests import NAME, bundle, wait_until  # noqa: E402

IDLE = "console.log('runs'); setInterval(() => {}, 1000)"


@contextlib.contextmanager
def no_longer_than(seconds):
    """Ends a call that hangs."""

    def late(*_):
        raise AssertionError(f"it took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Bucket:
    """S3 as the agent calls it, in memory; `refused` are keys that it won't take, `seconds` how long a call takes."""

    def __init__(self, objects=(), refused=(), seconds=0.0):
        self.objects, self.refused, self.seconds = dict(objects), set(refused), seconds
        self.sent = []

    def now(self):
        return botfleet_aws.utc()

    def s3(self, method, key, headers=None, body=b"", payload="", sink=None):
        time.sleep(self.seconds)
        if key in self.refused:
            raise botfleet_aws.Refused(f"S3 {method} {key}", 400, "InvalidRequest")
        if method == "PUT":
            self.objects[key] = body if isinstance(body, bytes) else body.read()
            self.sent.append(key)
            return 200, {}, b""
        if sink:
            sink(self.objects[key])
        return 200, {"etag": "e"}, b"" if sink else self.objects[key]


class ScratchCase(unittest.TestCase):
    """The agent's parts in a scratch root of the test's own, in this process."""

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.root.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        state, run = self.root / "var/lib/botfleet", self.root / "run/botfleet"
        self.output = state / "output"
        places = {
            "ROOT": self.root, "STATE": state, "RUN": run, "OUTPUT": self.output, "PARAMS": run / "params",
            "WORK": run / "work.json", "BOT_STATE": run / "bot/state.json",
            "CONFIG": self.root / "etc/botfleet/instance.json"}
        for name, place in places.items():
            self.replace(botfleet_agent, name, place)
            if hasattr(botfleet_bot, name):
                self.replace(botfleet_bot, name, place)
        for folder in (self.output, run / "bot", self.root / "etc/botfleet"):
            folder.mkdir(parents=True)
        said = mock.patch("sys.stdout", new_callable=io.StringIO)
        said.start()
        self.addCleanup(said.stop)

    def replace(self, owner, name, value):
        patch = mock.patch.object(owner, name, value)
        patch.start()
        self.addCleanup(patch.stop)

    def write(self, path, text="{}"):
        place = self.output / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        return place

    def uploads(self, bucket):
        uploads = botfleet_agent.Uploads(bucket, NAME)
        self.addCleanup(uploads.database.close)
        return uploads

    def agent(self, bucket):
        """An agent whose bucket and metadata are this test's."""
        botfleet_agent.CONFIG.write_text(json.dumps({"instance": NAME, "region": "eu-west-1", "bucket": "b"}))
        with mock.patch.object(botfleet_agent, "AWS", lambda *_: bucket):
            agent = botfleet_agent.Agent()
        self.addCleanup(agent.uploads.database.close)
        return agent


class UnpackTests(ScratchCase):
    def unpack(self, data):
        archive, target = self.root / "bundle.tar.gz", self.root / "in/bundle"
        archive.write_bytes(data)
        target.mkdir(parents=True)
        botfleet_agent.unpack(archive, target)
        return target

    def test_bundle_whose_compression_is_broken_is_trouble_and_no_crash(self):
        header = gzip.compress(b"")[:10]
        with self.assertRaises(botfleet_aws.Trouble):
            self.unpack(header + b"\x07" * 100)  # a block of the kind that there is not

    def test_header_bomb_is_refused_before_it_fills_the_memory(self):
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1) as stream:
            header = tarfile.TarInfo("pax")
            header.type, header.size = tarfile.XHDTYPE, 300 << 20
            stream.write(header.tobuf())
            for _ in range(300):
                stream.write(bytes(1 << 20))
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        with self.assertRaisesRegex(botfleet_aws.Trouble, "too large"):
            self.unpack(buffer.getvalue())
        self.assertLess(tracemalloc.get_traced_memory()[1], 32 << 20)

    def test_sparse_file_that_is_larger_than_it_looks_is_refused(self):
        plain = self.root / "sparse"
        with plain.open("wb") as file:
            file.truncate(64 << 20)
        tar = self.root / "sparse.tar"
        subprocess.run(["tar", "--sparse", "-cf", tar, "-C", self.root, "sparse"], check=True)
        self.assertLess(tar.stat().st_size, 1 << 20)
        with self.assertRaises(botfleet_aws.Trouble):
            self.unpack(gzip.compress(tar.read_bytes()))

    def test_link_through_a_link_makes_nothing_outside(self):
        (self.root / "in/target").mkdir(parents=True)
        # a/b/l is the bundle's own folder, so x is what lies beside it; each alone looks as if it were within.
        data = bundle({}, [("a/b/l", "../.."), ("x", "a/b/l/../target"), ("x/evil", "evil")])[0]
        with self.assertRaises(botfleet_aws.Trouble):
            self.unpack(data)
        self.assertEqual(list((self.root / "in/target").iterdir()), [])


class PrepareTests(ScratchCase):
    def preparer(self, bucket):
        instance = mock.Mock()
        instance.ask.return_value = "i-1"
        return botfleet_agent.Preparer(bucket, instance)

    def document(self, digest, **more):
        return {"format": 1, "version": 1, "bundle": digest, "script": "bot.js", "user_email": "a@b.c", **more}

    def test_digest_that_is_a_path_is_refused(self):
        (self.root / "var/lib/botfleet/bot.js").write_text("")
        for change in ({"bundle": ".."}, {"boot": "../../../../tmp/x"}):
            with self.assertRaisesRegex(botfleet_aws.Trouble, "SHA-256"):
                self.preparer(Bucket()).prepare(self.document("0" * 64, **change))

    def test_bundle_that_is_not_what_its_name_says_is_refused_and_leaves_nothing(self):
        data, digest = bundle({"bot.js": ""})
        for wrong in (data[:-1], data + b"x"):
            with self.assertRaisesRegex(botfleet_aws.Trouble, "not what its name says"):
                self.preparer(Bucket({f"bundles/{digest}.tar.gz": wrong})).prepare(self.document(digest))
        self.assertEqual(list((self.root / "var/lib/botfleet/bundles").iterdir()), [])
        self.assertFalse(botfleet_agent.WORK.exists())

    def test_script_that_the_bundle_lacks_is_told_by_name(self):
        data, digest = bundle({"other.js": ""})
        with self.assertRaisesRegex(botfleet_aws.Trouble, "bot.js"):
            self.preparer(Bucket({f"bundles/{digest}.tar.gz": data})).prepare(self.document(digest))

    def test_instance_without_node_is_told_what_to_do(self):
        data, digest = bundle({"bot.js": ""})
        with mock.patch("shutil.which", return_value=None), self.assertRaisesRegex(
            botfleet_aws.Trouble, "boot.script in fleet.yaml"
        ):
            self.preparer(Bucket({f"bundles/{digest}.tar.gz": data})).prepare(self.document(digest))

    def test_packages_are_installed_again_for_a_bundle_that_comes_back(self):
        both = [bundle({"bot.js": "", "package.json": "{}", "which": str(number)}) for number in range(3)]
        preparer = self.preparer(Bucket({f"bundles/{digest}.tar.gz": data for data, digest in both}))
        installed = []

        def npm(command, folder, home, seconds):
            installed.append(folder.name)
            (folder / "node_modules").mkdir()
            return 0

        self.replace(botfleet_agent, "as_bot", npm)
        digests = [digest for _, digest in both]
        for digest in [digests[0], digests[0], digests[1], digests[2], digests[0]]:
            preparer.prepare(self.document(digest))
            self.assertTrue((self.root / "var/lib/botfleet/bundles" / digest / "node_modules").exists())
        self.assertEqual(installed, [*digests, digests[0]])
        kept = {path.name for path in (self.root / "var/lib/botfleet/bundles").iterdir() if path.is_dir()}
        self.assertEqual(kept, {digests[0], digests[2]}, "the one in work, and the one that it replaces")

    def test_unpacking_that_was_killed_leaves_no_room_taken(self):
        left = self.root / "var/lib/botfleet/unpack-abc"
        left.mkdir()
        self.preparer(Bucket())
        self.assertFalse(left.exists())

    @unittest.skipUnless(os.geteuid() == 0, "only root could be fooled")
    def test_bot_that_puts_a_link_for_its_folder_does_not_come_to_own_what_it_names(self):
        self.replace(botfleet_agent, "bot_user", lambda: pwd.getpwnam("nobody"))
        (self.root / "roots").mkdir()
        (self.output / "logs").symlink_to(self.root / "roots")
        self.preparer(Bucket())
        self.assertEqual((self.root / "roots").stat().st_uid, 0)
        (self.output / "logs").unlink()
        (self.output / "logs").symlink_to(self.root / "nowhere")
        self.preparer(Bucket())

    @unittest.skipUnless(os.geteuid() == 0, "only root may give files away")
    def test_parameters_are_the_bots_alone(self):
        nobody = pwd.getpwnam("nobody")
        self.replace(botfleet_agent, "bot_user", lambda: nobody)
        data, digest = bundle({"bot.js": ""})
        self.preparer(Bucket({f"bundles/{digest}.tar.gz": data})).prepare(self.document(digest))
        info = (botfleet_agent.PARAMS / "params.json").stat()
        self.assertEqual((info.st_uid, info.st_mode & 0o777), (nobody.pw_uid, 0o600))
        self.assertEqual(botfleet_agent.PARAMS.stat().st_mode & 0o777, 0o700)
        self.assertEqual(botfleet_agent.WORK.stat().st_uid, 0)


class UploadsTests(ScratchCase):
    def test_file_that_s3_refuses_does_not_keep_others_from_it(self):
        for name in "abc":
            self.write(f"json/{name}.json")
        bucket = Bucket(refused=[f"streamer-data/{NAME}/json/a.json"])
        uploads = self.uploads(bucket)
        uploads.run()
        for _ in range(2):
            with self.assertRaises(botfleet_aws.Refused):
                uploads.run()
        self.assertEqual(bucket.sent[:2], [f"streamer-data/{NAME}/json/{name}.json" for name in "bc"])
        self.assertTrue([key for key in bucket.sent if key.startswith("uploads/")], "and they are listed")
        self.assertEqual(uploads.pending, 1)

    def test_heap_of_results_does_not_keep_parameters_waiting(self):
        self.replace(botfleet_agent, "POLL", 0.3)
        for number in range(40):
            self.write(f"json/{number}.json")
        bucket = Bucket(seconds=0.05)
        uploads = self.uploads(bucket)
        uploads.run()
        begun = time.monotonic()
        uploads.run()
        self.assertLess(time.monotonic() - begun, 1.0)
        end = time.monotonic() + 20
        while uploads.pending and time.monotonic() < end:
            uploads.run()
        results = [key for key in bucket.sent if key.startswith("streamer-data/")]
        self.assertEqual((len(results), len(set(results))), (40, 40))

    def test_lists_hold_a_thousand_lines_at_most_and_grow_in_time_whatever_the_clock_says(self):
        for number in range(1500):
            self.write(f"json/{number}.json")
        bucket = Bucket()
        uploads = self.uploads(bucket)
        uploads.run()
        uploads.run()
        bucket.now = lambda: botfleet_aws.utc(1_000_000_000)  # a clock that went back by years
        self.write("json/later.json")
        uploads.run()
        uploads.run()
        lists = [key for key in bucket.sent if key.startswith("uploads/")]
        self.assertEqual([bucket.objects[key].count(b"\n") for key in lists], [1000, 500, 1])
        self.assertEqual(lists, sorted(set(lists)))

    def test_pipe_in_a_files_place_holds_up_nothing(self):
        place = self.write("json/a.json")
        bucket = Bucket()
        uploads = self.uploads(bucket)
        uploads.run()
        expected = uploads.files()["json/a.json"]
        place.unlink()
        os.mkfifo(place)
        with no_longer_than(10):
            self.assertFalse(uploads.send("json/a.json", expected))

    def test_large_file_is_told_and_not_sent(self):
        self.replace(botfleet_agent, "MAX_FILE", 10)
        self.write("json/a.json", "x" * 11)
        bucket = Bucket()
        uploads = self.uploads(bucket)
        uploads.run()
        uploads.run()
        self.assertEqual((bucket.sent, uploads.large), ([], 1))

    def test_broken_database_is_put_aside_and_results_are_sent(self):
        (self.root / "var/lib/botfleet/uploads.sqlite").write_bytes(b"nonsense" * 1000)
        self.write("json/a.json")
        bucket = Bucket()
        uploads = self.uploads(bucket)
        uploads.run()
        uploads.run()
        self.assertIn(f"streamer-data/{NAME}/json/a.json", bucket.sent)

    def test_sent_files_go_when_the_disk_is_full_and_they_are_old(self):
        self.replace(botfleet_agent, "FULL_DISK", 0)
        old, new = self.write("json/old.json"), self.write("json/new.json")
        os.utime(old, (1_000_000_000, 1_000_000_000))
        uploads = self.uploads(Bucket())
        for _ in range(3):
            uploads.run()
        self.assertEqual((old.exists(), new.exists()), (False, True))

    @unittest.skipUnless(os.geteuid() == 0, "only root could be fooled")
    def test_folder_swapped_for_a_link_has_root_delete_and_send_nothing_there(self):
        nobody = pwd.getpwnam("nobody")
        self.replace(botfleet_agent, "bot_user", lambda: nobody)
        self.replace(botfleet_agent, "FULL_DISK", 0)
        self.replace(botfleet_agent, "KEEP_SENT", -1)
        place = self.write("json/shadow")
        for path in (self.output, place.parent, place):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        bucket = Bucket()
        uploads = self.uploads(bucket)
        uploads.run()
        files = uploads.files()
        uploads.send("json/shadow", files["json/shadow"])
        uploads.list_sent()
        roots = self.root / "roots"
        roots.mkdir()
        (roots / "shadow").write_text("root's")
        shutil.move(place.parent, self.root / "away")
        (self.output / "json").symlink_to(roots)
        with contextlib.suppress(OSError):
            uploads.make_room(files)
        self.assertTrue((roots / "shadow").exists())
        self.assertEqual(os.geteuid(), 0)
        info = (roots / "shadow").stat()
        self.assertFalse(uploads.send("json/shadow", (info.st_size, info.st_mtime_ns, info.st_ino)))


class LoopTests(ScratchCase):
    """The agent's loop, whatever it is given."""

    def status(self, bucket):
        return json.loads(bucket.objects[f"instances/{NAME}/status.json"])

    def test_params_json_of_any_kind_is_told_and_the_agent_goes_on(self):
        key = f"instances/{NAME}/params.json"
        bucket = Bucket()
        agent = self.agent(bucket)
        for body in (b"[1]", b"5", b"null", b'"x"', b"\xff\xfe", b"", b"[" * 100_000, b"{}", b'{"format": 1}',
                     b'{"format": 1, "bundle": 5}', b'{"format": 1, "bundle": "%s", "parameters": [1]}' % (b"0" * 64)):
            bucket.objects[key] = body
            agent.poll()
            self.assertTrue(self.status(bucket)["error"], body[:40])

    def test_state_that_a_bot_wrote_is_taken_for_what_it_is(self):
        bucket = Bucket({f"instances/{NAME}/params.json": b'{"format": 9}'})
        agent = self.agent(bucket)
        botfleet_agent.WORK.write_text('{"version": 1}')
        place = botfleet_agent.BOT_STATE
        roots = self.root / "roots.json"
        roots.write_text('{"bot": "running", "restarts": 77}')
        ways = {
            "list": lambda: place.write_text("[]"), "deep": lambda: place.write_text("[" * 60_000),
            "pipe": lambda: os.mkfifo(place), "link": lambda: place.symlink_to(roots),
            "folder": place.mkdir, "large": lambda: place.write_text('{"bot": "running"' + " " * (1 << 20) + "}"),
            "long": lambda: place.write_text(json.dumps({"bot": "x" * 9000, "last_exit": {"at": "y" * 9000}})),
            "kinds": lambda: place.write_text('{"bot": ["z"], "last_exit": 5, "restarts": {}}')}
        for what, way in ways.items():
            with self.subTest(what):
                way()
                with no_longer_than(10):
                    agent.poll()
                status = self.status(bucket)
                self.assertEqual((status["bot"], status["restarts"]), ("waiting", 0))
                self.assertIn(status["last_exit"], (None,))
                self.assertLess(len(json.dumps(status)), 1000)
            place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()

    def test_bot_that_runs_is_told_as_running_while_params_json_is_away(self):
        bucket = Bucket(refused=[f"instances/{NAME}/params.json"])
        agent = self.agent(bucket)
        botfleet_agent.WORK.write_text('{"version": 3}')
        botfleet_agent.BOT_STATE.write_text('{"bot": "running", "restarts": 2}')
        agent.poll()
        status = self.status(bucket)
        self.assertEqual((status["bot"], status["version"], status["restarts"]), ("running", 3, 2))
        self.assertIn("400 InvalidRequest", status["error"])

    def test_status_is_sent_when_it_changes_and_now_and_then(self):
        bucket = Bucket({f"instances/{NAME}/params.json": b'{"format": 9}'})
        agent = self.agent(bucket)
        for _ in range(3):
            agent.poll()
        sent = len(bucket.sent)
        agent.poll()
        self.assertEqual(len(bucket.sent), sent)
        agent.told_at -= botfleet_agent.STATUS_SECONDS + 1
        agent.poll()
        self.assertEqual(len(bucket.sent), sent + 1)


class CredentialsTests(unittest.TestCase):
    def setUp(self):
        self.metadata = Metadata({"AccessKeyId": "first", "SecretAccessKey": "b", "Token": "c"})
        self.addCleanup(self.metadata.close)
        patch = mock.patch.object(botfleet_aws, "IMDS", self.metadata.url)
        patch.start()
        self.addCleanup(patch.stop)
        self.aws = botfleet_aws.AWS(
            {"region": "eu-west-1", "bucket": "b", "endpoint": "http://127.0.0.1:1"}, botfleet_aws.Instance())

    def test_credentials_that_aws_calls_expired_are_fetched_anew_at_once(self):
        used = []

        def call(method, url, headers, body=None, sink=None, timeout=0):
            if url.startswith(self.metadata.url):
                return real(method, url, headers, body, sink, timeout or 5)
            used.append(headers["Authorization"].split("Credential=")[1].split("/")[0])
            if used[-1] == "first":
                self.metadata.keys["AccessKeyId"] = "second"
                return 400, {}, b"<Error><Code>ExpiredToken</Code></Error>"
            return 200, {}, b"body"

        real = botfleet_aws.http_call
        with mock.patch.object(botfleet_aws, "http_call", call):
            self.assertEqual(self.aws.s3("GET", "key")[2], b"body")
        self.assertEqual(used, ["first", "second"])

    def test_credentials_that_still_live_are_used_while_the_metadata_service_is_away(self):
        self.aws.instance.keys()
        self.aws.instance.renew_at = 0
        with mock.patch.object(botfleet_aws, "IMDS", "http://127.0.0.1:1"):
            self.assertEqual(self.aws.instance.keys()["AccessKeyId"], "first")

    def test_missing_role_is_told_by_where_to_name_one_and_another_fault_as_itself(self):
        with mock.patch.object(self.metadata, "get", lambda path: None), self.assertRaises(botfleet_aws.Trouble) as got:
            self.aws.instance.keys()
        self.assertIn("401", str(got.exception))
        answers = iter([(200, {}, b"token"), (404, {}, b"")])
        with mock.patch.object(botfleet_aws, "http_call", lambda *_, **__: next(answers)), self.assertRaisesRegex(
            botfleet_aws.Trouble, "aws.instance_profile"
        ):
            botfleet_aws.Instance().keys()


class BotTests(agent_tests.MotoCase):
    """The bot's service, as a process."""

    def test_browser_that_left_the_bots_group_ends_with_the_bot(self):
        self.give({"bot.js": """
            const {spawn} = require('node:child_process');
            // As puppeteer starts Chromium: a session of its own, and a process of that again.
            const child = spawn('sh', ['-c', 'sleep 1000 & echo grandchild $!; sleep 1000'],
                {detached: true, stdio: ['ignore', 'inherit', 'inherit']});
            console.log('child ' + child.pid);
            setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1000);
        """})
        with self.box(BOTFLEET_PAUSE_SECONDS="100") as box:
            # All that it said is read to the end, so nobody holds its output any more.
            log = wait_until("the bot ended", lambda: "ended with -9" in box.log("bot") and box.log("bot"), seconds=15)
            pids = re.findall(r"child (\d+)", log)
            self.assertEqual(len(pids), 2, log)
            for pid in pids:
                self.assertFalse(pathlib.Path(f"/proc/{pid}").exists(), pid)

    def test_log_of_a_service_that_was_killed_is_sent_and_not_overwritten(self):
        self.give({"bot.js": "console.log(process.pid); setInterval(() => {}, 1000)"})
        with self.box() as box:
            current = self.root / "var/lib/botfleet/output/logs/.bot.log"
            wait_until("the bot has a log", lambda: current.exists() and current.stat().st_size)
            box.stop("bot", signal.SIGKILL)
            first = current.read_bytes()
            os.kill(int(first), signal.SIGKILL)  # as systemd does with all that a service leaves
            box.start("bot")
            wait_until("the log is sent", lambda: self.keys(f"streamer-data/{NAME}/logs/"))
            self.assertEqual(self.body(self.keys(f"streamer-data/{NAME}/logs/")[0]), first)

    def test_bot_that_is_ended_by_an_odd_signal_is_told_and_started_again(self):
        self.give({"bot.js": "require('node:child_process').execSync('kill -40 ' + process.pid)"})
        with self.box() as box:
            wait_until("it was started again", lambda: box.log("bot").count("ended with -40") == 2)
            wait_until("it is told", lambda: (self.status().get("last_exit") or {}).get("signal") == "signal 40")

    def test_bot_that_cannot_be_started_is_tried_with_growing_pauses(self):
        self.give({"bot.js": IDLE})
        with self.box(BOTFLEET_PAUSE_SECONDS="0.2") as box:
            wait_until("the bot runs", lambda: "runs" in box.log("bot"))
            box.stop("agent")  # which would put back what is taken away here
            shutil.rmtree(self.root / "var/lib/botfleet/bundles")
            box.stop("bot")
            box.start("bot")
            wait_until("it was tried thrice", lambda: "again in 0.8 s" in box.log("bot"))

    def test_agent_goes_on_after_params_json_that_is_no_document(self):
        self.give({"bot.js": IDLE})
        with self.box() as box:
            wait_until("the bot runs", lambda: "runs" in box.log("bot"))
            self.s3.put_object(Bucket=self.bucket, Key=f"instances/{NAME}/params.json", Body=b"[1]")
            wait_until("it is told", lambda: "params.json" in (self.status().get("error") or ""))
            self.give({"bot.js": IDLE})
            wait_until("the next is taken", lambda: self.status().get("version") == 2)
            self.assertIsNone(box.processes["agent"].poll())


if __name__ == "__main__":
    unittest.main()
