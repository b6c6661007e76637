"""AWS as far as an instance needs it: the role's credentials, signed calls of S3 and SSM. Standard library alone."""

from __future__ import annotations

import email.utils
import hashlib
import hmac
import http.client
import json
import os
import ssl
import time
import urllib.parse
from datetime import datetime, timezone
from typing import Any

IMDS = os.environ.get("BOTFLEET_IMDS", "http://169.254.169.254")
TIMEOUT = 30


class Trouble(Exception):
    """Something that a person is told in status.json; never holds a secret."""


class Refused(Trouble):
    """AWS's answer to a call that failed."""

    def __init__(self, what: str, status: int, code: str):
        super().__init__(f"{what}: {status} {code}".strip())
        self.status = status


def utc(moment: float | None = None) -> datetime:
    return datetime.now(timezone.utc) if moment is None else datetime.fromtimestamp(moment, timezone.utc)


def http_call(
    method: str, url: str, headers: dict[str, str], body: Any = None, sink: Any = None, timeout: float = TIMEOUT
) -> tuple[int, dict[str, str], bytes]:
    """One request without redirects; an answer of 200 goes into `sink` where one is given."""
    parts = urllib.parse.urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname or "", port, timeout=timeout, context=context
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", port, timeout=timeout)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target or "/", body=body, headers=headers)
        response = connection.getresponse()
        answer = {name.lower(): value for name, value in response.getheaders()}
        if sink is not None and response.status == 200:
            while chunk := response.read(1 << 20):
                sink(chunk)
            return response.status, answer, b""
        return response.status, answer, response.read(16 << 20)
    except http.client.HTTPException as error:
        raise OSError(f"no usable answer: {type(error).__name__}") from None
    finally:
        connection.close()


class Instance:
    """What IMDSv2 says: who this instance is, and the credentials of its role."""

    def __init__(self) -> None:
        self.credentials: dict[str, str] = {}
        self.renew_at = 0.0

    def ask(self, path: str) -> str:
        status, _, token = http_call(
            "PUT", f"{IMDS}/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "300"}, timeout=5
        )
        if status == 200:
            status, _, body = http_call(
                "GET", f"{IMDS}/latest/{path}", {"X-aws-ec2-metadata-token": token.decode()}, timeout=5
            )
        if status != 200:
            raise Refused(f"the metadata service, {path}", status, "")
        return body.decode()

    def keys(self) -> dict[str, str]:
        """The role's credentials, fetched anew five minutes before they end."""
        if time.time() >= self.renew_at:
            try:
                self.renew()
            except (Trouble, OSError, ValueError, KeyError):
                if not self.credentials:
                    raise
                self.renew_at = time.time() + 60  # those that we have may live a while yet
        return self.credentials

    def renew(self) -> None:
        path = "meta-data/iam/security-credentials/"
        try:
            role = self.ask(path).split("\n")[0]
        except Refused as error:
            if error.status != 404:
                raise
            raise Trouble("this instance has no role: set aws.instance_profile in fleet.yaml") from None
        found = json.loads(self.ask(path + role))
        ends = datetime.strptime(found["Expiration"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        self.credentials = {name: found[name] for name in ("AccessKeyId", "SecretAccessKey", "Token")}
        # Never more often than each minute, whatever a wrong clock makes of it.
        self.renew_at = max(ends.timestamp() - 300, time.time() + 60)


def signature(
    method: str,
    url: str,
    headers: dict[str, str],
    payload: str,
    keys: dict[str, str],
    region: str,
    service: str,
    stamp: str,
) -> str:
    """The Authorization header of Signature Version 4; `url` is encoded already, `headers` are all signed."""
    parts = urllib.parse.urlsplit(url)
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    lines = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = ";".join(sorted(lines))
    fields = "".join(f"{name}:{lines[name]}\n" for name in sorted(lines))
    request = f"{method}\n{parts.path or '/'}\n{query}\n{fields}\n{names}\n{payload}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in (stamp[:8], region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    sign = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"AWS4-HMAC-SHA256 Credential={keys['AccessKeyId']}/{scope}, SignedHeaders={names}, Signature={sign}"


class AWS:
    """S3 and SSM as far as an instance needs them."""

    def __init__(self, config: dict[str, Any], instance: Instance):
        self.instance, self.region, self.bucket = instance, config["region"], config["bucket"]
        self.endpoint = (config.get("endpoint") or "").rstrip("/")
        self.offset = 0.0  # of S3's clock from ours: signatures and the names of lists go by it

    def now(self) -> datetime:
        return utc(time.time() + self.offset)

    def call(
        self, service: str, method: str, url: str, headers: dict[str, str], payload: str, body: Any, sink: Any = None
    ) -> tuple[int, dict[str, str], bytes]:
        for attempt in (1, 2):
            keys, stamp = self.instance.keys(), self.now().strftime("%Y%m%dT%H%M%SZ")
            signed = {**headers, "host": urllib.parse.urlsplit(url).netloc, "x-amz-date": stamp}
            if service == "s3":
                signed["x-amz-content-sha256"] = payload
            if keys.get("Token"):
                signed["x-amz-security-token"] = keys["Token"]
            signed["Authorization"] = signature(method, url, signed, payload, keys, self.region, service, stamp)
            if hasattr(body, "seek"):
                body.seek(0)
            status, answer, text = http_call(method, url, signed, body, sink)
            if date := email.utils.parsedate_to_datetime(answer["date"]) if "date" in answer else None:
                offset = date.timestamp() - time.time()
                was, self.offset = self.offset, offset if abs(offset - self.offset) > 2 else self.offset
                if status == 403 and attempt == 1 and abs(offset - was) > 240:
                    continue  # our clock was wrong; now we know by how much
            if status in (400, 403) and attempt == 1 and b"ExpiredToken" in text:
                self.instance.renew_at = 0.0  # by a wrong clock they seemed to live still
                continue
            return status, answer, text
        raise AssertionError("unreachable")

    def s3(
        self,
        method: str,
        key: str,
        headers: dict[str, str] | None = None,
        body: Any = b"",
        payload: str = "",
        sink: Any = None,
    ) -> tuple[int, dict[str, str], bytes]:
        path = urllib.parse.quote(key, safe="/~")
        if self.endpoint:
            url = f"{self.endpoint}/{self.bucket}/{path}"
        elif "." in self.bucket:  # no certificate covers a dotted name
            url = f"https://s3.{self.region}.amazonaws.com/{self.bucket}/{path}"
        else:
            url = f"https://{self.bucket}.s3.{self.region}.amazonaws.com/{path}"
        payload = payload or hashlib.sha256(body).hexdigest()
        status, answer, text = self.call("s3", method, url, headers or {}, payload, body, sink)
        if status >= 300 and status != 304:
            code = text.partition(b"<Code>")[2].partition(b"</Code>")[0].decode("ascii", "replace")
            raise Refused(f"S3 {method} {key}", status, code)
        return status, answer, text

    def parameters(self, names: list[str]) -> dict[str, str]:
        """SSM's values by name; decrypted there."""
        found: dict[str, str] = {}
        for first in range(0, len(names), 10):
            body = json.dumps({"Names": names[first : first + 10], "WithDecryption": True}).encode()
            headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.GetParameters"}
            url = (self.endpoint or f"https://ssm.{self.region}.amazonaws.com") + "/"
            status, _, text = self.call("ssm", "POST", url, headers, hashlib.sha256(body).hexdigest(), body)
            if status != 200:
                code = str((json.loads(text or b"{}") if text[:1] == b"{" else {}).get("__type", ""))
                raise Refused("SSM GetParameters", status, code.rpartition("#")[2])
            answer = json.loads(text)
            found |= {item["Name"]: item["Value"] for item in answer.get("Parameters", [])}
            if missing := answer.get("InvalidParameters"):
                raise Trouble(f"SSM has no parameter {', '.join(missing)}")
        return found
