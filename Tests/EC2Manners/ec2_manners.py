#!/usr/bin/env python3
"""EC2's manners: a proxy before moto that imposes what EC2 does and moto lets pass, and counts requests by action.

usage: ec2_manners.py --upstream http://127.0.0.1:5000 [--port 0]

It says where it listens on its first line of output, and forwards everything until it is told otherwise:
POST /_manners with JSON sets manners, those that are not named stay; GET /_manners returns them, the counts and the
last requests. {"reset": true} goes back to none; {"settle": true} ends at once all that is hidden, pending or stopping,
so that a test need not guess how long it takes. Standard library only. The manners:

  client_tokens      true: RunInstances with a token that was used gives the first answer again; with other parameters
                     IdempotentParameterMismatch; when its instance is terminated IdempotentInstanceTerminated. The
                     DescribeInstances filter client-token works for instances that were launched so.
  hidden_seconds     how long after its launch an instance is in no listing, and NotFound by its id
  pending_seconds    how long pending is shown after a launch or start
  stopping_seconds   how long stopping is shown after a stop, shutting-down after a termination
  strict_states      true: IncorrectInstanceState for a start while stopping, a stop while pending, a change of type or
                     user data while not stopped, …; one instance at fault refuses the whole call
  groups_in_use      true: DependencyViolation for deleting a security group that an instance not terminated has
  capacity           [{"instance_type": "t3.medium", "subnet": "subnet-1", "times": 2}]: InsufficientInstanceCapacity
                     for launches and starts that fit; a key left out fits all, without "times" for ever
  falls_back         the same, with "reason": the launch or start is accepted, then ends terminated or stopped
  faults             [{"action": "RunInstances", "kind": "RequestLimitExceeded", "times": 3}]: kind is
                     RequestLimitExceeded, 500, 503, hang ("seconds", then the connection is closed), reset, or any
                     error code; "action" may be "*" or left out; "times", or "probability" by "seed", or for ever;
                     "skip": N lets N pass first; "when": "after" lets moto do it first, so that only the answer is lost
  delays             {"DescribeInstances": 0.2, "*": 0.01}: seconds before each request of an action
  seed               what probabilities follow from

Requests are counted by EC2's action, SSM's operation, or for S3 the method and what it is about: "PUT object",
"LIST bucket". Signatures are passed on as they came; a moto that checks them is not for use behind this.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import struct
import sys
import time
import traceback
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from manners import Manners
from wire import Answer, Refused, Request, refusal

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization"}
KINDS = {
    "RequestLimitExceeded": (503, "RequestLimitExceeded", "Request limit exceeded."),
    "500": (500, "InternalError", "An internal error has occurred"),
    "503": (503, "Unavailable", "The service is unavailable. Please try again shortly."),
}


class Upstream:
    """The moto behind."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80

    def __call__(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=300)
        try:
            headers = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
            headers["content-length"] = str(len(request.body))
            connection.request(request.method, request.path, body=request.body, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    manners: Manners
    upstream: Upstream

    def handle_one(self) -> None:
        body = self._read_body()
        if self.path.split("?")[0] == "/_manners":
            self._control(body)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request.read(self.command, self.path, headers, body)
        self.manners.count(request)
        time.sleep(self.manners.delay(request))
        if self._strikes(request, "before"):
            return
        try:
            answer = self._answer(request)
        except Refused as refused:
            answer = refusal(request, refused.status, refused.code, refused.message)
            self.manners.note(request, refused.code)
        else:
            self.manners.note(request, str(answer.status))
        if not self._strikes(request, "after"):
            self._send(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_PATCH = handle_one  # noqa: N815

    def _answer(self, request: Request) -> Answer:
        if not request.is_ec2:
            return self.upstream(request)
        if request.action == "RunInstances":
            return self.manners.launch(request)
        admitted = self.manners.admit(request)
        return self.manners.amend(request, self.upstream(admitted))

    def _strikes(self, request: Request, when: str) -> bool:
        """Whether a fault was due, and has been dealt out in place of the answer."""
        rule = self.manners.fault(request, when)
        if rule is None:
            return False
        kind = str(rule.get("kind", "500"))
        self.manners.note(request, f"{kind} ({when})")
        if kind == "hang":
            time.sleep(min(float(rule.get("seconds", 3_600)), 3_600))
            self.close_connection = True
        elif kind == "reset":
            # Closing with data unsent and no time to linger makes the kernel send RST.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        else:
            status, code, message = KINDS.get(kind, (int(rule.get("status", 400)), kind, f"{kind}, as was ordered"))
            self._send(refusal(request, status, code, message))
        return True

    def _control(self, body: bytes) -> None:
        try:
            report = self.manners.change(json.loads(body)) if self.command == "POST" else self.manners.report()
            status = 200
        except (ValueError, TypeError, AttributeError) as error:
            report, status = {"error": str(error)}, 400
        self._send(Answer(status, [("Content-Type", "application/json")], json.dumps(report).encode()))

    def _read_body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline(1_000).split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline(1_000)
        while self.rfile.readline(10_000).strip():
            pass  # trailers
        return b"".join(chunks)

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        has_no_body = self.command == "HEAD" or answer.status in (204, 304)
        for name, value in answer.headers:
            if name.lower() not in HOP_BY_HOP and (has_no_body or name.lower() != "content-length"):
                self.send_header(name, value)
        if not has_no_body:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not has_no_body:
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Says nothing: the report has what came."""


class Server(ThreadingHTTPServer):
    """A thread a connection; none holds up the end."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """A client that went away is no error of ours; one of ours shows as a connection that closed unanswered."""
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            traceback.print_exc()


def main() -> None:
    parser = argparse.ArgumentParser(description="EC2's manners, before a moto")
    parser.add_argument("--upstream", required=True, help="the moto's URL")
    parser.add_argument("--port", type=int, default=0, help="0: one that is free")
    arguments = parser.parse_args()
    Handler.upstream = Upstream(arguments.upstream)
    Handler.manners = Manners(Handler.upstream)
    server = Server(("127.0.0.1", arguments.port), Handler)
    print(f"Running on http://127.0.0.1:{server.server_address[1]} before {arguments.upstream}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
