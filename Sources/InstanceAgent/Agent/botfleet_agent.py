#!/usr/bin/env python3
"""The agent of a botfleet instance: takes its work from S3, prepares it, and sends what comes of it.

It runs as root: polls instances/NAME/params.json, runs the boot script, fetches and unpacks the bundle, has npm
install its packages, resolves SSM parameters, and uploads results. The bot itself is run by botfleet_bot.py, a service
of its own without a way to the instance's credentials; the two talk through files in /run/botfleet. Python's standard
library alone.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import pwd
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import tarfile
import tempfile
import threading
import time
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from botfleet_aws import AWS, Instance, Trouble

AGENT = "1"
BOT_USER = "botfleet-bot"
ROOT = Path(os.environ.get("BOTFLEET_ROOT", "/"))
POLL = float(os.environ.get("BOTFLEET_POLL_SECONDS", "60"))
CONFIG = ROOT / "etc/botfleet/instance.json"
STATE = ROOT / "var/lib/botfleet"
RUN = ROOT / "run/botfleet"
OUTPUT, PARAMS, WORK, BOT_STATE = STATE / "output", RUN / "params", RUN / "work.json", RUN / "bot/state.json"
MAX_FILE, MAX_BUNDLE, MAX_UNPACKED, MAX_MEMBERS = 256 << 20, 512 << 20, 2 << 30, 200_000
MAX_HEADERS = 1 << 20  # of one member of a bundle
UNFINISHED = (".tmp", ".part", ".crdownload")
STATUS_SECONDS = 900
KEEP_SENT, FULL_DISK = 7 * 86400, 0.8


def say(text: str) -> None:
    print(text, flush=True)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_whole(path: Path, data: bytes, mode: int = 0o644, owner: pwd.struct_passwd | None = None) -> None:
    """Writes a file so that readers see the old one or the whole new one, with its mode and owner from the start."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), mode)
        if owner:
            os.fchown(file.fileno(), owner.pw_uid, owner.pw_gid)
        file.write(data)
    os.replace(temporary, path)


def read_json(path: Path) -> dict[str, Any]:
    """A small JSON object, {} for all else: where the bot may write, there may be a pipe, a link or nonsense."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            found = json.loads(file.read(64 << 10)) if is_file else None
    except (OSError, ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def bot_user() -> pwd.struct_passwd | None:
    """The bot's user; nil where we can't become it, as in tests."""
    try:
        return pwd.getpwnam(BOT_USER) if os.geteuid() == 0 else None
    except KeyError:
        return None


# Preparing work


class Rationed:
    """A stream that ends a bomb: all of it has a limit, and what precedes a member, which tarfile takes into memory."""

    def __init__(self, stream: Any):
        self.stream, self.total, self.limit = stream, 0, MAX_HEADERS

    def read(self, size: int) -> bytes:
        data: bytes = self.stream.read(size)
        self.total += len(data)
        if self.total > min(self.limit, MAX_UNPACKED):
            raise Trouble("the bundle is too large when it is unpacked")
        return data


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a bundle; anything that would lie or point outside of `folder`, a device, or a bomb is refused."""
    links: dict[Path, str] = {}
    try:
        with gzip.open(archive) as plain, tarfile.open(fileobj=(stream := Rationed(plain)), mode="r|") as tar:
            for number, member in enumerate(tar):
                name = repr(member.name[:200])
                parts = [part for part in member.name.split("/") if part not in ("", ".")]
                if member.name.startswith("/") or ".." in parts or "\0" in member.name:
                    raise Trouble(f"the bundle has a path that leads out: {name}")
                if number >= MAX_MEMBERS:
                    raise Trouble("the bundle is too large when it is unpacked")
                stream.limit = stream.total + max(member.size, 0) + MAX_HEADERS
                target = folder.joinpath(*parts)
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                elif member.isreg() and not member.issparse():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with open(target, "xb") as file:
                        shutil.copyfileobj(tar.extractfile(member), file)  # type: ignore[arg-type]
                    target.chmod(0o755 if member.mode & 0o100 else 0o644)
                elif member.issym():
                    inside = os.path.normpath("/".join([*parts[:-1], member.linkname]))
                    if member.linkname.startswith("/") or inside.split("/")[0] == "..":
                        raise Trouble(f"the bundle has a link that leads out: {name}")
                    links[target] = member.linkname
                else:
                    raise Trouble(f"the bundle has what is no file, folder or link: {name}")
        for target, to in links.items():  # last, so that nothing was written through one
            if links.keys() & set(target.parents):
                raise Trouble(f"the bundle has a link below a link: {target.name[:200]!r}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(to)
        for target in links:  # a link may lead out by way of another
            if not target.resolve().is_relative_to(folder.resolve()):
                raise Trouble(f"the bundle has a link that leads out: {target.name[:200]!r}")
    except (tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError) as error:  # RuntimeError: links in a ring
        why = getattr(error, "strerror", None) or type(error).__name__
        raise Trouble(f"the bundle can't be unpacked: {why}") from None


def as_bot(command: list[str], folder: Path, home: Path, seconds: int) -> int:
    """Runs a command as the bot's user, and where systemd can see to it without a way to the role's credentials."""
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(home), "LANG": "C.UTF-8"}
    environment |= {name: value for name, value in os.environ.items() if name.startswith("npm_config_")}
    user = bot_user()
    if user and Path("/run/systemd/system").exists():
        limits = ["NoNewPrivileges=yes", "IPAddressDeny=169.254.169.254 fd00:ec2::254", f"WorkingDirectory={folder}"]
        options = [f"--property={limit}" for limit in [*limits, f"RuntimeMaxSec={seconds}"]]
        options += [f"--setenv={name}={value}" for name, value in environment.items()]
        # By one name, so that the npm of an agent that died and that of the next never meet.
        run = ["systemd-run", "--quiet", "--wait", "--collect", "--pipe", "--unit=botfleet-npm", f"--uid={BOT_USER}"]
        return subprocess.call([*run, *options, *command])
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        ).returncode
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL


class Preparer:
    """Makes params.json of the bucket into work that the bot's service can take up."""

    def __init__(self, aws: AWS, instance: Instance):
        self.aws, self.instance, self.user = aws, instance, bot_user()
        for folder in (STATE / "bundles", STATE / "boot", STATE / "home", OUTPUT, PARAMS, BOT_STATE.parent):
            folder.mkdir(parents=True, exist_ok=True)
        # Nothing within them: the bot may put a link there, and have us give it what that names.
        for folder in (STATE / "home", OUTPUT, PARAMS, BOT_STATE.parent):
            if self.user:
                os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        PARAMS.chmod(0o700)
        for left in STATE.glob("unpack-*"):
            shutil.rmtree(left, ignore_errors=True)

    def prepare(self, document: dict[str, Any]) -> None:
        """Boot script, bundle, packages, parameters, and then the work itself; each only where it is not there yet."""
        if document.get("format") != 1:
            raise Trouble(f"params.json has format {document.get('format')}, which agent {AGENT} does not know")
        for digest in (document["bundle"], document.get("boot") or document["bundle"]):
            if not re.fullmatch("[0-9a-f]{64}", digest):
                raise Trouble(f"params.json names what is no SHA-256: {digest[:80]!r}")
        if document.get("boot"):
            self.boot(document["boot"])
        folder, script = self.bundle(document["bundle"]), document["script"]
        self.packages(folder)
        self.parameters(document)
        if not shutil.which("node"):
            raise Trouble("there is no node here: name a script that installs it as boot.script in fleet.yaml")
        if not (folder / script).is_file():
            raise Trouble(f"the bundle has no {script}")
        self.prune({folder.name, Path(read_json(WORK).get("folder", "")).name})
        work = {"version": document["version"], "folder": str(folder), "script": script}
        write_whole(WORK, json.dumps(work).encode())

    def prune(self, kept: set[str]) -> None:
        """Removes other bundles than these, and what says that their packages are installed."""
        for other in (STATE / "bundles").iterdir():
            if other.stem in kept:
                continue
            if not other.is_dir():
                other.unlink()
                continue
            # Moved first: half a bundle must not look like one.
            shutil.rmtree(other.replace(STATE / f"unpack-{other.name}"), ignore_errors=True)

    def fetch(self, key: str, digest: str, into: Path) -> None:
        hashed, size = hashlib.sha256(), 0
        with open(into, "wb") as file:

            def sink(chunk: bytes) -> None:
                nonlocal size
                size += len(chunk)
                if size > MAX_BUNDLE:
                    raise Trouble(f"{key} is too large")
                hashed.update(chunk)
                file.write(chunk)

            self.aws.s3("GET", key, sink=sink)
        if hashed.hexdigest() != digest:
            raise Trouble(f"{key} is not what its name says")

    def boot(self, digest: str) -> None:
        """Runs the fleet's boot script as root, once for each content of it."""
        done = STATE / "boot" / f"{digest}.done"
        if done.exists():
            return
        script = STATE / "boot" / f"{digest}.sh"
        self.fetch(f"boot/{digest}.sh", digest, script)
        say(f"running the boot script {digest[:12]}")
        try:
            code = subprocess.run(["bash", script], stdin=subprocess.DEVNULL, cwd=STATE, timeout=3600).returncode
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        if code != 0:
            raise Trouble(f"the boot script ended with {code}; journalctl -u botfleet-agent tells why")
        done.touch()

    def bundle(self, digest: str) -> Path:
        folder = STATE / "bundles" / digest
        if folder.exists():
            return folder
        with tempfile.TemporaryDirectory(dir=STATE, prefix="unpack-") as temporary:
            archive, unpacked = Path(temporary) / "bundle.tar.gz", Path(temporary) / "bundle"
            self.fetch(f"bundles/{digest}.tar.gz", digest, archive)
            unpacked.mkdir()
            unpack(archive, unpacked)
            for name, target in (("params", PARAMS), ("output", OUTPUT)):
                link = unpacked / name
                if link.is_symlink() or link.is_file():
                    link.unlink()
                elif link.exists():
                    shutil.rmtree(link)
                link.symlink_to(target)
            if self.user:  # npm writes there, and so may the bot
                for path in [unpacked, *unpacked.rglob("*")]:
                    os.chown(path, self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)
            os.replace(unpacked, folder)
        return folder

    def packages(self, folder: Path) -> None:
        done = STATE / "bundles" / f"{folder.name}.installed"
        if done.exists() or not (folder / "package.json").exists():
            return
        if not shutil.which("npm"):
            raise Trouble("there is no npm here: name a script that installs it as boot.script in fleet.yaml")
        command = "ci" if (folder / "package-lock.json").exists() else "install"
        code = as_bot(["npm", command, "--omit=dev", "--no-audit", "--no-fund"], folder, STATE / "home", seconds=1800)
        if code != 0:
            raise Trouble(f"npm {command} ended with {code}; journalctl -u botfleet-agent tells why")
        done.touch()

    def parameters(self, document: dict[str, Any]) -> None:
        """params/params.json as 80bots gave it, in memory alone and for the bot's user alone."""
        given = document.get("parameters") or {}
        secrets = sorted({entry["ssm"] for entry in given.values() if "ssm" in entry})
        values = self.aws.parameters(secrets) if secrets else {}
        result = {
            name: {"value": values[entry["ssm"]]} if "ssm" in entry else {"value": entry.get("value")}
            for name, entry in given.items()
        }
        result["userEmail"] = {"value": document.get("user_email")}
        result["instanceId"] = {"value": self.instance.ask("meta-data/instance-id")}
        data = json.dumps(result, ensure_ascii=False).encode()
        write_whole(PARAMS / "params.json", data, 0o600, self.user)


# Sending results


class Uploads:
    """Sends what lies below output/, each state of a file once, and lists what was sent for sync:folders."""

    def __init__(self, aws: AWS, name: str):
        self.aws, self.name = aws, name
        self.seen: dict[str, tuple[int, int, int]] = {}
        self.last: dict[str, Any] | None = None
        self.pending, self.large = 0, 0
        self.failed: set[str] = set()
        self.user = bot_user()
        try:
            self.database = self.open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            say("uploads.sqlite is broken and put aside: what lies in output/ is sent once more")
            for path in STATE.glob("uploads.sqlite*"):
                path.replace(STATE / f"broken-{path.name}")
            self.database = self.open()

    @staticmethod
    def open() -> sqlite3.Connection:
        database = sqlite3.connect(STATE / "uploads.sqlite", isolation_level=None)
        database.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS sent (path TEXT PRIMARY KEY, size INTEGER, "
            "mtime INTEGER, key TEXT, at TEXT, listed INTEGER); CREATE TABLE IF NOT EXISTS stamps (stamp TEXT)"
        )
        return database

    def run(self) -> None:
        files = self.files()
        self.make_room(files)  # first: a disk that is full must not keep itself full
        sent = {
            path: (size, mtime) for path, size, mtime in self.database.execute("SELECT path, size, mtime FROM sent")
        }
        new = {path: found for path, found in files.items() if sent.get(path) != found[:2]}
        settled = [path for path, found in new.items() if self.seen.get(path) == found]
        self.seen, self.pending = files, len(new)
        self.failed.intersection_update(new)
        count, end = 0, time.monotonic() + POLL  # new parameters don't wait for a heap of results
        try:
            # What failed comes last, so that a file that S3 refuses keeps no other from it.
            for path in sorted(settled, key=lambda path: (path in self.failed, path)):
                if time.monotonic() > end:
                    break
                self.failed.add(path)
                if self.send(path, new[path]):
                    count += 1
                    self.pending -= 1
                self.failed.discard(path)
        finally:
            if count:
                self.last = {"at": iso(self.aws.now()), "files": count}
            self.list_sent()

    def files(self) -> dict[str, tuple[int, int, int]]:
        """Whole files by their path below output/: size, time, inode. No links, hidden or unfinished ones."""
        found: dict[str, tuple[int, int, int]] = {}
        self.large = 0
        for folder, folders, names in os.walk(OUTPUT):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = os.path.join(folder, name)
                try:
                    path.encode()
                    info = os.lstat(path)
                except (OSError, UnicodeEncodeError):
                    continue
                if name.startswith(".") or name.endswith(UNFINISHED) or not stat.S_ISREG(info.st_mode):
                    continue
                if info.st_size > MAX_FILE:
                    self.large += 1
                    continue
                found[os.path.relpath(path, OUTPUT)] = (info.st_size, info.st_mtime_ns, info.st_ino)
        return found

    def send(self, path: str, expected: tuple[int, int, int]) -> bool:
        """Sends one file; false where it is not what it was, which the next look will see."""
        try:
            handle = os.open(OUTPUT / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return False
        with os.fdopen(handle, "rb") as file:

            def is_same() -> bool:
                info = os.fstat(file.fileno())
                # The bot's own alone: a folder swapped for a link must not have us send what only root may read.
                return (info.st_size, info.st_mtime_ns, info.st_ino) == expected and (
                    not self.user or info.st_uid == self.user.pw_uid
                )

            if not is_same():
                return False
            hashed = hashlib.sha256()
            while chunk := file.read(1 << 20):
                hashed.update(chunk)
            file.seek(0)
            key = f"streamer-data/{self.name}/{path}"
            if len(key.encode()) > 1024 or not is_same():
                return False
            # S3 refuses a body that is not what was hashed: a file that changes meanwhile never arrives half.
            headers = {"content-length": str(expected[0])}
            self.aws.s3("PUT", key, headers, file, hashed.hexdigest())
            if is_same():
                self.database.execute(
                    "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?, 0)",
                    (path, expected[0], expected[1], key, iso(self.aws.now())),
                )
        return True

    def list_sent(self) -> None:
        """Lists what was sent and is in no list yet, also what a process that died had sent."""
        while rows := self.database.execute(
            "SELECT path, key, size, at FROM sent WHERE listed = 0 ORDER BY at, path LIMIT 1000"
        ).fetchall():
            lines = "".join(json.dumps({"key": k, "size": s, "last_modified": at}) + "\n" for _, k, s, at in rows)
            self.aws.s3("PUT", f"uploads/{self.stamp()}-{self.name}.jsonl", body=lines.encode())
            self.database.execute("BEGIN")
            self.database.executemany("UPDATE sent SET listed = 1 WHERE path = ?", [(path,) for path, *_ in rows])
            self.database.execute("COMMIT")

    def stamp(self) -> str:
        """The time for a list's name, by S3's clock, later than that of any list before."""
        last = self.database.execute("SELECT max(stamp) FROM stamps").fetchone()[0] or ""
        moment = self.aws.now()
        while (stamp := moment.strftime("%Y%m%dT%H%M%S.%fZ")) <= last:
            moment = datetime.strptime(last, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=timezone.utc)
            moment += timedelta(microseconds=1)
        self.database.execute("DELETE FROM stamps")
        self.database.execute("INSERT INTO stamps VALUES (?)", (stamp,))
        return stamp

    def make_room(self, files: dict[str, tuple[int, int, int]]) -> None:
        """Deletes what was sent a week ago where the disk gets full, and forgets what is gone."""
        usage = shutil.disk_usage(OUTPUT)
        full = usage.used > FULL_DISK * usage.total
        for path, size, mtime in self.database.execute(
            "SELECT path, size, mtime FROM sent WHERE listed = 1"
        ).fetchall():
            if path not in files:
                self.database.execute("DELETE FROM sent WHERE path = ?", (path,))
            elif full and files[path][:2] == (size, mtime) and time.time() - mtime / 1e9 > KEEP_SENT:
                self.remove(OUTPUT / path)

    def remove(self, path: Path) -> None:
        """Deletes by the bot's own rights: a folder swapped for a link must not have root delete what that names."""
        if self.user:
            os.setegid(self.user.pw_gid)
            os.seteuid(self.user.pw_uid)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            say(f"{path.name} can't be deleted: {error.strerror}")
        finally:
            if self.user:
                os.seteuid(0)
                os.setegid(0)


# The agent


class Agent:
    """The loop of the root service: whatever goes wrong is told in status.json, and tried again at the next poll."""

    def __init__(self) -> None:
        self.config = json.loads(CONFIG.read_text())
        self.name = self.config["instance"]
        self.aws = AWS(self.config, instance := Instance())
        self.preparer, self.uploads = Preparer(self.aws, instance), Uploads(self.aws, self.name)
        self.etag = ""
        self.document: dict[str, Any] | None = None
        self.is_prepared = False
        self.told: dict[str, Any] = {}
        self.told_at = 0.0
        self.prepare_after, self.failures = 0.0, 0

    def poll(self) -> None:
        errors = []
        for step in (self.look, self.prepare, self.uploads.run):
            try:
                step()
            except Exception as error:
                # Of an unexpected error the kind alone: its text may hold what it was about.
                text = (
                    str(error) if isinstance(error, (Trouble, OSError)) else f"{step.__name__}: {type(error).__name__}"
                )
                errors.append(text[:500])
        if self.uploads.large:
            errors.append(f"{self.uploads.large} files in output/ are over {MAX_FILE >> 20} MiB and are not sent")
        for text in errors:
            say(text)
        try:
            self.tell(errors[0] if errors else None)
        except (Trouble, OSError) as error:
            say(str(error)[:500])

    def look(self) -> None:
        headers = {"if-none-match": self.etag} if self.etag else {}
        status, answer, body = self.aws.s3("GET", f"instances/{self.name}/params.json", headers)
        if status == 304:
            return
        document = json.loads(body)
        if not isinstance(document, dict):
            raise Trouble("params.json is no JSON object")
        if self.document is None or document != self.document:
            self.document, self.is_prepared, self.prepare_after, self.failures = document, False, 0.0, 0
        self.etag = answer.get("etag", "")

    def prepare(self) -> None:
        if self.document is None or self.is_prepared or time.monotonic() < self.prepare_after:
            return
        self.tell_state("preparing")
        try:
            self.preparer.prepare(self.document)
        except Exception:
            self.failures += 1
            self.prepare_after = time.monotonic() + min(POLL * 2 ** min(self.failures - 1, 4), 900)
            raise
        self.is_prepared = True

    def state(self) -> dict[str, Any]:
        bot, work, document = read_json(BOT_STATE), read_json(WORK), self.document or {}
        # The bot may have written its state itself: what is not of the right form is left out.
        state, exit, restarts = bot.get("bot"), bot.get("last_exit"), bot.get("restarts")
        if state not in ("running", "waiting"):
            state = "waiting"
        return {
            "format": 1,
            "agent": AGENT,
            "instance": self.name,
            "bot": state if work else "failed" if document else "none",
            "version": work.get("version"),
            "bundle": document.get("bundle"),
            "last_exit": exit if isinstance(exit, dict) and len(str(exit)) < 200 else None,
            "restarts": restarts if isinstance(restarts, int) else 0,
            "last_upload": self.uploads.last,
            "pending_uploads": self.uploads.pending,
        }

    def tell_state(self, state: str) -> None:
        try:
            self.put({**self.state(), "bot": state, "error": None})
        except (Trouble, OSError) as error:
            say(str(error)[:500])

    def tell(self, error: str | None) -> None:
        status = {**self.state(), "error": error}
        if status != self.told or time.monotonic() - self.told_at > STATUS_SECONDS:
            self.put(status)

    def put(self, status: dict[str, Any]) -> None:
        body = json.dumps({**status, "updated_at": iso(self.aws.now())}).encode()
        self.aws.s3("PUT", f"instances/{self.name}/status.json", {"content-type": "application/json"}, body)
        self.told, self.told_at = status, time.monotonic()


def main() -> None:
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    agent = Agent()
    while not ending.is_set():
        end = time.monotonic() + POLL
        agent.poll()
        ending.wait(max(end - time.monotonic(), 0.1))


if __name__ == "__main__":
    main()
