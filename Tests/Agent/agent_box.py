"""An instance without EC2: a metadata service's stand-in, the real agent and the real bot's service in a scratch root.

    agent_box.py --root DIR --config FILE [--access-key ID --secret-key KEY] [--npm-registry URL]

Prints `ready` once both run. SIGTERM stops both, then itself. Used by tests of other languages.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

AGENT = pathlib.Path(__file__).resolve().parents[2] / "Sources/InstanceAgent/Agent"


class Metadata:
    """IMDSv2's stand-in: a token first, then the instance's id and its role's credentials."""

    def __init__(self, keys: dict[str, str], seconds: int = 3600):
        self.keys, self.seconds, self.asked = keys, seconds, []
        metadata = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                self.answer("token" if self.headers.get("X-aws-ec2-metadata-token-ttl-seconds") else None)

            def do_GET(self) -> None:
                is_allowed = self.headers.get("X-aws-ec2-metadata-token") == "token"
                self.answer(metadata.get(self.path) if is_allowed else None)

            def answer(self, text: str | None) -> None:
                body = (text or "").encode()
                self.send_response(200 if text is not None else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def get(self, path: str) -> str | None:
        self.asked.append(path)
        if path.endswith("/instance-id"):
            return "i-0123456789abcdef0"
        if path.endswith("/security-credentials/"):
            return "bots"
        if path.endswith("/security-credentials/bots"):
            ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.seconds))
            return json.dumps({**self.keys, "Expiration": ends})
        return None

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Box:
    """A scratch root with both services; use it as a context."""

    def __init__(self, root: pathlib.Path, config: dict[str, object], keys: dict[str, str], **environment: str):
        self.root, self.metadata = root, Metadata(keys)
        etc = root / "etc/botfleet"
        etc.mkdir(parents=True, exist_ok=True)
        (etc / "instance.json").write_text(json.dumps(config))
        self.environment = {
            **os.environ, "BOTFLEET_ROOT": str(root), "BOTFLEET_IMDS": self.metadata.url,
            "BOTFLEET_POLL_SECONDS": "0.3", "BOTFLEET_PAUSE_SECONDS": "0.5", "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1", **environment}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, part: str) -> None:
        """Starts `agent` or `bot`, as systemd would."""
        log = open(self.root / f"{part}.log", "ab")  # noqa: SIM115 - the process's own
        self.processes[part] = subprocess.Popen(
            [shutil.which("python3") or sys.executable, AGENT / f"botfleet_{part}.py"], env=self.environment,
            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        log.close()

    def stop(self, part: str, number: int = signal.SIGTERM) -> None:
        process = self.processes.pop(part, None)
        if process:
            process.send_signal(number)
            process.wait(60)

    def log(self, part: str) -> str:
        return (self.root / f"{part}.log").read_text(errors="replace")

    def __enter__(self) -> Box:
        self.start("agent")
        self.start("bot")
        return self

    def __exit__(self, *_: object) -> None:
        for part in list(self.processes):
            self.stop(part)
        self.metadata.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--config", type=pathlib.Path, required=True)
    parser.add_argument("--access-key", default="test")
    parser.add_argument("--secret-key", default="test")
    parser.add_argument("--npm-registry")
    arguments = parser.parse_args()
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    keys = {"AccessKeyId": arguments.access_key, "SecretAccessKey": arguments.secret_key, "Token": ""}
    environment = {"npm_config_registry": arguments.npm_registry} if arguments.npm_registry else {}
    with Box(arguments.root, json.loads(arguments.config.read_text()), keys, **environment):
        print("ready", flush=True)
        ending.wait()


if __name__ == "__main__":
    main()
