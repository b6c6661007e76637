"""Example bots in real node and headless Chromium: as a developer runs them, and as an instance does (SPEC 10).

Needs node 18, npm and Chromium, as Debian and Ubuntu have them.
"""

from __future__ import annotations

import http.server
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
import agent_tests  # noqa: E402 - the module: its own tests are run where they stand
from npm_registry import Registry  # noqa: E402

EXAMPLES = ROOT / "examples/puppeteer"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome-stable"))), None)
IS_COMPLETE = bool(CHROMIUM and shutil.which("npm") and shutil.which("node"))


class Site:
    """One page, for a bot to look at."""

    def __init__(self) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = b"<title>Local</title><h1>A local page</h1>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless(IS_COMPLETE, "there is no node, npm or Chromium here")
class ExampleBotTests(unittest.TestCase):
    def test_each_example_bot_runs_locally_with_its_packages(self):
        registry = Registry()
        self.addCleanup(registry.close)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
            environment = {**os.environ, "npm_config_registry": registry.url, "npm_config_cache": f"{folder}/.npm"}
            for command in (["npm", "install", "--no-audit", "--no-fund"], ["npm", "test"]):
                done = subprocess.run(
                    command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("/puppeteer-core", registry.asked)


@unittest.skipUnless(IS_COMPLETE, "there is no node, npm or Chromium here")
class InstanceTests(agent_tests.MotoCase):
    def test_example_bot_on_an_instance_sends_its_picture_its_json_and_its_log(self):
        registry, site = Registry(), Site()
        self.addCleanup(registry.close)
        self.addCleanup(site.close)
        files = {
            str(path.relative_to(EXAMPLES)): path.read_bytes()
            for path in [EXAMPLES / "package.json", EXAMPLES / "page-screenshot.js", *EXAMPLES.glob("lib/*.js")]}
        self.give(files, {"url": {"value": site.url}, "device": {"value": "phone"}}, script="page-screenshot.js")
        environment = {"npm_config_registry": registry.url, "BOTFLEET_PAUSE_SECONDS": "30"}
        with self.box(**environment) as box:
            def sent(kind):
                return [key for key in self.keys(f"streamer-data/{agent_tests.NAME}/{kind}/")]

            try:
                for kind in ("screenshots", "json", "logs"):
                    agent_tests.wait_until(f"{kind} are sent", lambda kind=kind: sent(kind), seconds=90)
            except AssertionError as error:
                raise AssertionError(box.log("agent") + box.log("bot")) from error
            picture = self.body(sent("screenshots")[0])
            self.assertEqual(picture[:8], b"\x89PNG\r\n\x1a\n")
            width, height = struct.unpack(">II", picture[16:24])
            self.assertTrue(300 <= width <= 1000 and height >= 300, (width, height))
            report = json.loads(self.body(sent("json")[0]))
            self.assertEqual([(p["status"], p["title"]) for p in report["pictures"]], [(200, "Local")])
            self.assertTrue(any(b"done" in self.body(key) for key in sent("logs")))
            agent_tests.wait_until("the status tells", lambda: (self.status().get("last_exit") or {}).get("code") == 0)


@unittest.skipUnless(IS_COMPLETE, "there is no node, npm or Chromium here")
class DocumentTests(unittest.TestCase):
    """docs/bots.md: what it shows is run."""

    def blocks(self) -> dict[str, str]:
        """The files that the document shows: a block whose first line names one."""
        text = (ROOT / "docs/bots.md").read_text()
        found = {}
        for block in re.findall(r"^```\w+\n(.*?)^```", text, re.M | re.S):
            if name := re.match(r"(?://|#) (\S+\.\w+)\n", block):
                found[name.group(1)] = block[name.end():]
        return found

    def test_bot_of_the_document_runs_and_leaves_what_the_document_says(self):
        registry, site = Registry(), Site()
        self.addCleanup(registry.close)
        self.addCleanup(site.close)
        files = self.blocks()
        self.assertLessEqual({"package.json", "headline.js", "params/params.json"}, set(files))
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.replace("https://www.example.com", site.url))
            environment = {**os.environ, "npm_config_registry": registry.url, "npm_config_cache": f"{folder}/.npm"}
            for command in (["npm", "install", "--no-audit", "--no-fund"], ["node", "headline.js"]):
                done = subprocess.run(
                    command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            output = pathlib.Path(folder) / "output"
            headline = json.loads(next(output.glob("json/*.json")).read_text())
            self.assertEqual(headline["headline"], "A local page")
            self.assertEqual(next(output.glob("screenshots/*.png")).read_bytes()[:4], b"\x89PNG")


if __name__ == "__main__":
    unittest.main()
