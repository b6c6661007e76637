#!/usr/bin/env python3
"""Runs the bot of a botfleet instance: `node SCRIPT` as work.json says, again when it ends, anew when the work changes.

It is the service of the bot's own user. What it does stands in /run/botfleet/bot/state.json, for the agent to tell.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from botfleet_agent import BOT_STATE, OUTPUT, WORK, iso, read_json, say, write_whole
from botfleet_aws import utc

PAUSE = float(os.environ.get("BOTFLEET_PAUSE_SECONDS", "5"))
LONGEST_PAUSE = 60 * PAUSE
STEADY = 120 * PAUSE  # a bot that ran for so long begins with the first pause again
LOG_SIZE, LOG_SECONDS = 1 << 20, 900
PR_SET_CHILD_SUBREAPER = 36


def children() -> list[int]:
    """The processes whose parent is this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(path.read_bytes().rpartition(b")")[2].split()[1]) == os.getpid():
                found.append(int(path.parent.name))
    return found


def end_children() -> None:
    """Ends what the bot left: Chromium runs in a group of its own, and would outlive each bot that crashes.

    Whoever loses its parent becomes our child, so in the end all are.
    """
    end = time.monotonic() + 10
    while (left := children()) and time.monotonic() < end:
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.01)


def name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have none
        return f"signal {number}"


class Bot:
    """The loop: one process at a time, with its whole group."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.work: dict[str, Any] | None = None
        self.pause, self.began, self.start_at = PAUSE, 0.0, 0.0
        self.restarts = 0
        self.last_exit: dict[str, Any] | None = None
        self.is_ending = False

    def run(self) -> None:
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "is_ending", True))
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        while not self.is_ending:
            work = read_json(WORK)
            if work and work != self.work:
                self.stop()
                self.work, self.pause, self.start_at, self.restarts = work, PAUSE, 0.0, 0
            if self.process and self.process.poll() is not None:
                self.ended(self.process.returncode)
            if self.work and not self.process and time.monotonic() >= self.start_at:
                self.start()
            time.sleep(0.2)
        self.stop()

    def start(self) -> None:
        assert self.work
        self.began = time.monotonic()
        try:
            self.process = subprocess.Popen(
                ["node", self.work["script"]],
                cwd=self.work["folder"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            say(f"the bot can't be started: {error.strerror}")
            return self.ended(127)
        self.reader = threading.Thread(target=Log(self.process.stdout).copy, daemon=True)
        self.reader.start()
        self.tell("running")

    def ended(self, code: int) -> None:
        """Remembers how it ended, and when it is to be started again: each time later, unless it had run for long."""
        if self.process:
            end_children()
            self.reader.join(5)
        self.process = None
        how = {"signal": name_of(-code)} if code < 0 else {"code": code}
        self.last_exit = {**how, "at": iso(utc())}
        if time.monotonic() - self.began >= STEADY:
            self.pause = PAUSE
        self.start_at = time.monotonic() + self.pause
        say(f"the bot ended with {code}; it is started again in {self.pause:g} s")
        self.pause = min(2 * self.pause, LONGEST_PAUSE)
        self.restarts += 1
        self.tell("waiting")

    def stop(self) -> None:
        """Asks the bot to end, and after twenty seconds makes it."""
        if not self.process:
            return
        self.signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.signal(signal.SIGKILL)
        self.process.wait()
        end_children()
        self.reader.join(5)
        self.process = None

    def signal(self, number: int) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def tell(self, state: str) -> None:
        document = {"bot": state, "last_exit": self.last_exit, "restarts": self.restarts}
        write_whole(BOT_STATE, json.dumps(document).encode())


class Log:
    """Copies a bot's output to the journal and to files that are sent once they are finished."""

    def __init__(self, source: Any):
        self.source, self.file, self.size, self.began = source, None, 0, 0.0
        self.current = OUTPUT / "logs/.bot.log"

    def copy(self) -> None:
        for line in iter(lambda: self.source.readline(64 << 10), b""):
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            try:
                self.write(line)
            except OSError as error:
                say(f"the log can't be written: {error.strerror}")
        self.finish()

    def write(self, line: bytes) -> None:
        if self.file and (self.size >= LOG_SIZE or time.monotonic() - self.began > LOG_SECONDS):
            self.finish()
        if not self.file:
            self.current.parent.mkdir(parents=True, exist_ok=True)
            self.finish()  # what a service that was killed had left
            self.file = open(self.current, "wb", buffering=0)  # noqa: SIM115 - it lives as long as what is logged
            self.size, self.began = 0, time.monotonic()
        self.file.write(line)
        self.size += len(line)

    def finish(self) -> None:
        if self.file:
            self.file.close()
            self.file = None
        if self.current.exists():
            os.replace(self.current, OUTPUT / f"logs/bot-{utc().strftime('%Y%m%dT%H%M%S.%fZ')}.log")


if __name__ == "__main__":
    Bot().run()
