"""The agent of an instance against moto, in a scratch root: its real processes, real node, no EC2 (SPEC 10)."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from agent_box import AGENT, Box, Metadata  # noqa: E402

sys.path.insert(0, str(AGENT))
os.environ.setdefault("BOTFLEET_ROOT", tempfile.mkdtemp())
import botfleet_agent  # noqa: E402
import botfleet_aws  # noqa: E402

SECRET = "planted-secret-7f3a"
NAME = "web-1"


def wait_until(what, condition, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s, and still not: {what}")


def moto(**environment):
    """A moto of a test's own: its process and address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env={**os.environ, **environment})
    for line in process.stderr:
        if b"Running on" in line:
            address = line.decode().split("Running on ")[1].split()[0]
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, address
    raise AssertionError("moto did not start")


class Door:
    """A TCP proxy that can be shut, as where a network is away for a while."""

    def __init__(self, target):
        self.target, self.is_open = urllib.parse.urlsplit(target), True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if not self.is_open:
                    client.close()
                    continue
                server = socket.create_connection((self.target.hostname, self.target.port))
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self.copy, args=(one, other), daemon=True).start()

    @staticmethod
    def copy(one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def close(self):
        self.listener.close()


def bundle(files, links=()):
    """A bundle as botfleet writes one, and its digest."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            data = text if isinstance(text, bytes) else text.encode()
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        for name, target in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            tar.addfile(member)
    data = gzip.compress(buffer.getvalue())
    return data, hashlib.sha256(data).hexdigest()


class MotoCase(unittest.TestCase):
    """A bucket in a moto of its own, and an instance that is to be."""

    @classmethod
    def setUpClass(cls):
        cls.moto, cls.endpoint = moto()
        cls.s3 = boto3.client(
            "s3", endpoint_url=cls.endpoint, region_name="eu-west-1", aws_access_key_id="test",
            aws_secret_access_key="test")
        cls.ssm = boto3.client(
            "ssm", endpoint_url=cls.endpoint, region_name="eu-west-1", aws_access_key_id="test",
            aws_secret_access_key="test")

    @classmethod
    def tearDownClass(cls):
        cls.moto.kill()
        cls.moto.wait()
        cls.moto.stderr.close()

    def setUp(self):
        self.bucket = f"bots-{random.randrange(16**8):08x}"
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.version = 0

    def box(self, endpoint=None, **environment):
        config = {
            "version": 2, "fleet": "acme", "instance": NAME, "bucket": self.bucket, "region": "eu-west-1",
            "endpoint": endpoint or self.endpoint}
        keys = {"AccessKeyId": "test", "SecretAccessKey": "test", "Token": "session"}
        return Box(self.root, config, keys, **environment)

    def give(self, files, parameters=None, **more):
        """Puts a bundle and the params.json that names it."""
        data, digest = bundle(files) if isinstance(files, dict) else files
        self.s3.put_object(Bucket=self.bucket, Key=f"bundles/{digest}.tar.gz", Body=data)
        self.version += 1
        document = {
            "format": 1, "version": self.version, "fleet": "acme", "instance": NAME, "user_email": "anna@example.com",
            "bot": "watch", "script": "bot.js", "bundle": digest, "parameters": parameters or {}, **more}
        self.s3.put_object(
            Bucket=self.bucket, Key=f"instances/{NAME}/params.json",
            Body=json.dumps(document, ensure_ascii=False).encode())

    def keys(self, prefix):
        # All of them: moto takes a signature over a prefix with a slash for wrong.
        found = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [item["Key"] for item in found if item["Key"].startswith(prefix)]

    def body(self, key):
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def status(self):
        with contextlib.suppress(self.s3.exceptions.NoSuchKey):
            return json.loads(self.body(f"instances/{NAME}/status.json"))
        return {}


class AgentTests(MotoCase):
    # Running

    def test_bot_runs_with_its_parameters_and_results_are_sent_once_and_listed(self):
        self.ssm.put_parameter(Name="/bots/secret", Value=SECRET, Type="SecureString", Overwrite=True)
        self.give(
            {"bot.js": """
                const fs = require('node:fs');
                const digest = require('node:crypto').createHash('sha256');
                const params = JSON.parse(fs.readFileSync('params/params.json', 'utf8'));
                fs.mkdirSync('output/json', {recursive: true});
                fs.writeFileSync('output/json/.half.json', 'half');
                fs.writeFileSync('output/json/half.json.part', 'half');
                fs.writeFileSync('output/json/seen.json', JSON.stringify(Object.keys(params).sort()));
                if (digest.update(params.secret.value).digest('hex') !== 'DIGEST') process.exit(3);
                console.log('watching as ' + params.userEmail.value + ' on ' + params.instanceId.value);
                setInterval(() => {}, 1000);
             """.replace("DIGEST", hashlib.sha256(SECRET.encode()).hexdigest())},
            {"speed": {"value": 5}, "secret": {"ssm": "/bots/secret"}})
        with self.box() as box:
            wait_until("the bot runs", lambda: self.status().get("bot") == "running")
            key = f"streamer-data/{NAME}/json/seen.json"
            wait_until("its result is sent", lambda: key in self.keys("streamer-data/"))
            wait_until("it is listed", lambda: self.keys("uploads/"))
            seen = json.loads(self.body(f"streamer-data/{NAME}/json/seen.json"))
            self.assertEqual(seen, ["instanceId", "secret", "speed", "userEmail"])
            lines = [json.loads(line) for line in self.body(self.keys("uploads/")[0]).splitlines()]
            self.assertEqual([line["key"] for line in lines], [f"streamer-data/{NAME}/json/seen.json"])
            self.assertEqual(lines[0]["size"], 43)
            self.assertRegex(self.keys("uploads/")[0], r"^uploads/\d{8}T\d{6}\.\d{6}Z-web-1\.jsonl$")
            parameters = self.root / "run/botfleet/params/params.json"
            self.assertEqual(parameters.stat().st_mode & 0o777, 0o600)
            wait_until("it says what it sent", lambda: (self.status().get("last_upload") or {}).get("files") == 1)
            status = self.status()
            self.assertEqual((status["version"], status["error"], status["format"]), (1, None, 1))
            box.stop("bot")
            wait_until("the log is sent", lambda: self.keys(f"streamer-data/{NAME}/logs/"))
            log = self.body(self.keys(f"streamer-data/{NAME}/logs/")[0])
            self.assertEqual(log, b"watching as anna@example.com on i-0123456789abcdef0\n")
            wait_until("it is listed", lambda: len(self.keys("uploads/")) == 2)
            self.assertEqual(len(self.keys("streamer-data/")), 2)
            # No secret but where the bot reads it.
            for path in [*self.root.rglob("*")]:
                if path.is_file() and path != parameters:
                    self.assertNotIn(SECRET.encode(), path.read_bytes(), path)
            for key in self.keys(""):
                self.assertNotIn(SECRET.encode(), self.body(key), key)

    def test_changed_parameters_restart_the_bot_and_unchanged_ones_do_not(self):
        script = {"bot.js": """
            console.log('one');
            process.on('SIGTERM', () => process.exit(0));
            setInterval(() => {}, 1000);
        """}
        self.give(script, {"speed": {"value": 1}})
        with self.box() as box:
            wait_until("the bot runs", lambda: "one" in box.log("bot"))
            time.sleep(1.5)  # five polls, at which nothing may happen
            self.assertEqual(box.log("bot").count("one"), 1)
            self.give(script, {"speed": {"value": 2}})
            wait_until("it is started anew", lambda: box.log("bot").count("one") == 2, seconds=5)
            values = json.loads((self.root / "run/botfleet/params/params.json").read_text())
            self.assertEqual(values["speed"], {"value": 2})
            wait_until("the status tells", lambda: self.status().get("version") == 2)
            self.assertEqual(self.status()["restarts"], 0)

    def test_bot_that_exits_at_once_is_started_again_with_growing_pauses(self):
        self.give({"bot.js": "console.log('began ' + Date.now()); process.exit(7)"})
        with self.box(BOTFLEET_PAUSE_SECONDS="0.3") as box:
            wait_until("it was started five times", lambda: box.log("bot").count("began ") == 5)
            times = [int(line.split()[1]) for line in box.log("bot").splitlines() if line.startswith("began ")]
            pauses = [(b - a) / 1000 for a, b in zip(times, times[1:], strict=False)]
            for pause, least in zip(pauses, (0.3, 0.6, 1.2, 2.4), strict=False):
                self.assertGreaterEqual(pause, least - 0.05)
            status = wait_until("the status tells", lambda: self.status().get("last_exit") and self.status())
            self.assertEqual(status["last_exit"]["code"], 7)
            self.assertGreaterEqual(status["restarts"], 1)

    def test_bot_that_ignores_its_end_is_made_to_with_all_that_it_started(self):
        self.give({"bot.js": """
            const {spawn} = require('node:child_process');
            process.on('SIGTERM', () => {});
            const child = spawn('sleep', ['1000']);
            console.log('child ' + child.pid);
            setInterval(() => {}, 1000);
        """})
        with self.box() as box:
            wait_until("the bot runs", lambda: "child " in box.log("bot"))
            child = int(box.log("bot").split("child ")[1].split()[0])
            begun = time.monotonic()
            box.stop("bot")
            self.assertGreater(time.monotonic() - begun, 15)
            wait_until("its child is gone", lambda: not pathlib.Path(f"/proc/{child}").exists())

    def test_hostile_parameters_arrive_byte_for_byte(self):
        values = {
            "quotes": "a'b\"c\\", "lines": "one\ntwo\r\nEOF\n", "command": "$(id) `id` ${HOME} %n",
            "unicode": "\u00e9 e\u0301 \U0001f600 \u202e \u0000 \ufeff", "long": "x" * 65536,
            "number": 1.5, "no": False}
        self.give(
            {"bot.js": """
                const fs = require('node:fs');
                fs.mkdirSync('output/json', {recursive: true});
                fs.writeFileSync('output/json/all.json', fs.readFileSync('params/params.json'));
                setInterval(() => {}, 1000);
            """}, {name: {"value": value} for name, value in values.items()})
        with self.box():
            key = f"streamer-data/{NAME}/json/all.json"
            wait_until("they are sent back", lambda: key in self.keys("streamer-data/"))
            found = json.loads(self.body(key))
            self.assertEqual({name: found[name]["value"] for name in values}, values)

    def test_boot_script_runs_once_for_each_content(self):
        texts = [f"echo {word} >> '{self.root}/booted'\n".encode() for word in ("first", "second")]
        digests = [hashlib.sha256(text).hexdigest() for text in texts]
        for text, digest in zip(texts, digests, strict=True):
            self.s3.put_object(Bucket=self.bucket, Key=f"boot/{digest}.sh", Body=text)
        script = {"bot.js": "console.log('runs'); setInterval(() => {}, 1000)"}
        self.give(script, boot=digests[0])
        with self.box() as box:
            wait_until("the bot runs", lambda: box.log("bot").count("runs") == 1)
            box.stop("agent")
            box.start("agent")
            self.give(script, boot=digests[0])
            wait_until("it is started anew", lambda: box.log("bot").count("runs") == 2)
            self.give(script, boot=digests[1])
            wait_until("it is started anew", lambda: box.log("bot").count("runs") == 3)
        self.assertEqual((self.root / "booted").read_text(), "first\nsecond\n")

    # Trouble

    def test_trouble_is_told_and_what_ran_goes_on(self):
        self.give({"bot.js": "console.log('runs'); setInterval(() => {}, 1000)"})
        with self.box() as box:
            wait_until("the bot runs", lambda: "runs" in box.log("bot"))
            troubles = [
                ({"format": 9}, "params.json has format 9"),
                ({"parameters": {"a": {"ssm": "/none"}}}, "SSM has no parameter /none"),
                ({"bundle": "0" * 64}, f"S3 GET bundles/{'0' * 64}.tar.gz: 404 NoSuchKey"),
            ]
            for change, text in troubles:
                self.give({"bot.js": "never"}, **change)
                wait_until(text, lambda text=text: text in (self.status().get("error") or ""))
            self.s3.put_object(Bucket=self.bucket, Key=f"instances/{NAME}/params.json", Body=b"{not json")
            wait_until("that is told", lambda: "look: JSONDecodeError" in (self.status().get("error") or ""))
            self.assertEqual(box.log("bot").count("runs"), 1)
            self.assertEqual(self.status()["bot"], "running")

    def test_s3_away_for_a_while_loses_nothing_and_uploads_catch_up(self):
        door = Door(self.endpoint)
        self.addCleanup(door.close)
        self.give({"bot.js": """
            const fs = require('node:fs');
            fs.mkdirSync('output/logs', {recursive: true});
            let n = 0;
            setInterval(() => { n += 1; if (n <= 40) fs.writeFileSync(`output/logs/${n}.log`, String(n)); }, 50);
        """})
        with self.box(door.url):
            wait_until("some are sent", lambda: len(self.keys("streamer-data/")) >= 3)
            door.is_open = False
            output = self.root / "var/lib/botfleet/output/logs"
            wait_until("all are written", lambda: (output / "40.log").exists())
            time.sleep(1)
            door.is_open = True
            wait_until("all are sent", lambda: len(self.keys("streamer-data/")) == 40)
            wait_until("all are listed", lambda: len(self.listed()) >= 40)
            self.assertEqual(sorted(self.listed()), sorted(self.keys("streamer-data/")), "each once")

    def listed(self):
        lines = [line for key in self.keys("uploads/") for line in self.body(key).splitlines()]
        return [json.loads(line)["key"] for line in lines]

    def test_agent_killed_between_sending_and_listing_lists_it_later(self):
        self.give({"bot.js": "setInterval(() => {}, 1000)"})
        with self.box() as box:
            wait_until("the bot runs", lambda: self.status().get("bot") == "running")
            box.stop("agent", signal.SIGKILL)
            os.environ["BOTFLEET_ROOT"] = str(self.root)
            code = (
                "import sys; sys.path.insert(0, sys.argv[1]); import json, botfleet_agent as a, os, signal\n"
                "config = json.loads(a.CONFIG.read_text())\n"
                "(a.OUTPUT / 'json').mkdir(exist_ok=True); (a.OUTPUT / 'json/x.json').write_text('{}')\n"
                "u = a.Uploads(a.AWS(config, a.Instance()), 'web-1')\n"
                "u.list_sent = lambda: os.kill(os.getpid(), signal.SIGKILL)\n"
                "u.seen = u.files(); u.run()\n")
            done = subprocess.run([sys.executable, "-c", code, AGENT], env=box.environment)
            self.assertEqual(done.returncode, -signal.SIGKILL)
            self.assertEqual(self.keys("streamer-data/"), [f"streamer-data/{NAME}/json/x.json"])
            self.assertEqual(self.keys("uploads/"), [])
            box.start("agent")
            wait_until("it is listed", lambda: self.listed() == [f"streamer-data/{NAME}/json/x.json"])

    def test_growing_file_is_sent_when_it_rests_and_a_link_never(self):
        self.give({"bot.js": "setInterval(() => {}, 1000)"})
        (self.root / "secret").write_text("of the root's")
        with self.box():
            wait_until("the bot runs", lambda: self.status().get("bot") == "running")
            logs = self.root / "var/lib/botfleet/output/logs"
            logs.mkdir(exist_ok=True)
            (logs / "link.log").symlink_to(self.root / "secret")
            with open(logs / "grows.log", "w") as file:
                for number in range(15):
                    file.write(f"{number}\n")
                    file.flush()
                    time.sleep(0.1)
            wait_until("it is sent", lambda: f"streamer-data/{NAME}/logs/grows.log" in self.keys("streamer-data/"))
            wait_until("as a whole", lambda: self.body(f"streamer-data/{NAME}/logs/grows.log").endswith(b"14\n"))
            self.assertEqual(len(self.keys("streamer-data/")), 1)

    # Under exactly its policy

    def test_agent_needs_no_more_than_the_instance_policy(self):
        process, endpoint = moto(INITIAL_NO_AUTH_ACTION_COUNT="9")
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stderr.close()))
        admin = {"endpoint_url": endpoint, "region_name": "eu-west-1", "aws_access_key_id": "test",
                 "aws_secret_access_key": "test"}
        iam, s3, ssm = (boto3.client(name, **admin) for name in ("iam", "s3", "ssm"))
        policy = (HERE / "instance-policy.json").read_text()
        for word, value in (("BUCKET", self.bucket), ("REGION", "eu-west-1")):
            policy = policy.replace(word, value)
        # moto asks of every service but S3 whether "*" is allowed, and not the parameter.
        policy = policy.replace('"arn:aws:ssm:eu-west-1:*:parameter/bots/secret"', '"*"')
        iam.create_user(UserName="instance")
        iam.put_user_policy(UserName="instance", PolicyName="instance", PolicyDocument=policy)
        key = iam.create_access_key(UserName="instance")["AccessKey"]
        s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        ssm.put_parameter(Name="/bots/secret", Value=SECRET, Type="SecureString")
        iam.create_user(UserName="admin")
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam.put_user_policy(UserName="admin", PolicyName="all", PolicyDocument=json.dumps(everything))
        admin_key = iam.create_access_key(UserName="admin")["AccessKey"]  # the ninth call: from here on all is checked
        self.s3 = boto3.client("s3", **{
            **admin, "aws_access_key_id": admin_key["AccessKeyId"],
            "aws_secret_access_key": admin_key["SecretAccessKey"]})
        self.give(
            {"bot.js": """
                const fs = require('node:fs');
                fs.mkdirSync('output/json', {recursive: true});
                fs.writeFileSync('output/json/a.json', '{}');
                setInterval(() => {}, 1000);
            """}, {"secret": {"ssm": "/bots/secret"}})
        config = {"version": 2, "fleet": "acme", "instance": NAME, "bucket": self.bucket, "region": "eu-west-1",
                  "endpoint": endpoint}
        keys = {"AccessKeyId": key["AccessKeyId"], "SecretAccessKey": key["SecretAccessKey"], "Token": ""}
        with Box(self.root, config, keys) as box:
            try:
                wait_until("it is sent and listed", lambda: self.keys("uploads/"))
            except AssertionError as error:
                raise AssertionError(box.log("agent")) from error
            self.assertEqual(self.keys("streamer-data/"), [f"streamer-data/{NAME}/json/a.json"])
            wait_until("the status says all is well", lambda: self.status().get("error", "?") is None)
        with self.assertRaises(botocore.exceptions.ClientError, msg="signatures are checked"):
            boto3.client("s3", **{**admin, "aws_secret_access_key": "wrong"}).list_objects_v2(Bucket=self.bucket)


class BundleTests(unittest.TestCase):
    """What unpack takes and refuses."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def unpack(self, data):
        archive = self.folder / "bundle.tar.gz"
        archive.write_bytes(data)
        target = self.folder / "in" / "bundle"
        target.mkdir(parents=True, exist_ok=True)
        botfleet_agent.unpack(archive, target)
        return target

    def member(self, name, kind=tarfile.REGTYPE, link="", data=b"x"):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            item = tarfile.TarInfo(name)
            item.type, item.linkname = kind, link
            item.size = len(data) if kind == tarfile.REGTYPE else 0
            tar.addfile(item, io.BytesIO(data))
        return gzip.compress(buffer.getvalue())

    def test_files_folders_and_links_within_arrive_as_they_are(self):
        data, _ = bundle({"a.js": "a", "lib/b.js": "b"}, [("lib/c.js", "../a.js")])
        target = self.unpack(data)
        self.assertEqual((target / "lib/c.js").read_text(), "a")
        self.assertEqual((target / "lib/b.js").read_text(), "b")

    def test_hostile_members_are_refused_and_nothing_lands_outside(self):
        hostile = {
            "absolute": self.member("/tmp/evil"), "dots": self.member("../evil"),
            "dots within": self.member("a/../../evil"), "link out": self.member("l", tarfile.SYMTYPE, "../../evil"),
            "absolute link": self.member("l", tarfile.SYMTYPE, "/etc"),
            "hard link": self.member("l", tarfile.LNKTYPE, "/etc/passwd"),
            "device": self.member("d", tarfile.CHRTYPE),
            "block device": self.member("d", tarfile.BLKTYPE), "fifo": self.member("f", tarfile.FIFOTYPE),
            "cut off": self.member("a", data=b"x" * 100_000)[:60], "no gzip": b"plain",
            "out by way of another link": bundle({}, [("a/b/l", "../.."), ("x", "a/b/l/../evil")])[0],
        }
        for what, data in hostile.items():
            with self.subTest(what), self.assertRaises((botfleet_aws.Trouble, OSError)):
                self.unpack(data)
            shutil.rmtree(self.folder / "in", ignore_errors=True)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["bundle.tar.gz"])

    def test_bomb_is_refused_before_it_fills_the_disk(self):
        limit, botfleet_agent.MAX_UNPACKED = botfleet_agent.MAX_UNPACKED, 1 << 20
        try:
            with self.assertRaisesRegex(botfleet_aws.Trouble, "too large"):
                self.unpack(self.member("zeros", data=bytes(2 << 20)))
        finally:
            botfleet_agent.MAX_UNPACKED = limit


class SigningTests(unittest.TestCase):
    """Our signatures against botocore's."""

    def test_signature_is_botocores_for_every_kind_of_key(self):
        keys = {"AccessKeyId": "AKID", "SecretAccessKey": "secret/+", "Token": "tok/en=="}
        credentials = botocore.credentials.Credentials("AKID", "secret/+", "tok/en==")
        for key in ["plain", "a b+c=d&e", "\u00e9/\U0001f600/~!(*)'", "/lead//double/./../x", "100%25"]:
            url = f"https://b.s3.eu-west-1.amazonaws.com/{urllib.parse.quote(key, safe='/~')}"
            payload = hashlib.sha256(b"body").hexdigest()
            request = botocore.awsrequest.AWSRequest("PUT", url, data=b"body")
            request.headers["x-amz-content-sha256"] = payload
            botocore.auth.S3SigV4Auth(credentials, "s3", "eu-west-1").add_auth(request)
            stamp = request.headers["X-Amz-Date"]
            headers = {
                "host": "b.s3.eu-west-1.amazonaws.com", "x-amz-date": stamp, "x-amz-content-sha256": payload,
                "x-amz-security-token": keys["Token"]}
            ours = botfleet_aws.signature("PUT", url, headers, payload, keys, "eu-west-1", "s3", stamp)
            self.assertEqual(ours, request.headers["Authorization"], key)

    def test_credentials_are_fetched_anew_before_they_end(self):
        metadata = Metadata({"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c"})
        self.addCleanup(metadata.close)
        before, botfleet_aws.IMDS = botfleet_aws.IMDS, metadata.url
        self.addCleanup(setattr, botfleet_aws, "IMDS", before)
        instance = botfleet_aws.Instance()
        instance.keys()
        instance.keys()
        asked = [path for path in metadata.asked if path.endswith("/bots")]
        self.assertEqual(len(asked), 1)
        instance.renew_at = time.time() - 1
        instance.keys()
        self.assertEqual(len([path for path in metadata.asked if path.endswith("/bots")]), 2)


class UnitTests(unittest.TestCase):
    """What systemd and a shell say of what lies beside the agent."""

    @unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze here")
    def test_units_have_no_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in AGENT.glob("*.service"):
                text = unit.read_text().replace("User=botfleet-bot", "User=daemon")
                (pathlib.Path(folder) / unit.name).write_text(text)
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *pathlib.Path(folder).glob("*")],
                capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("botfleet-", done.stderr)

    @unittest.skipUnless(shutil.which("shellcheck"), "there is no shellcheck here")
    def test_installer_has_no_fault(self):
        done = subprocess.run(["shellcheck", AGENT / "install.sh"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
