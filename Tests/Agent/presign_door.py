"""A door before moto that checks presigned links as S3 does, by botocore's own signature; moto can't.

    presign_door.py --backend URL     with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY

Prints its own URL on the first line. A GET with X-Amz-Signature is answered by what the backend has where the
signature is right and has not expired, else by 403. Ends when it is killed.
"""

from __future__ import annotations

import argparse
import datetime
import http.server
import os
import threading
import urllib.error
import urllib.parse
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials


def is_right(url: str, region: str) -> bool:
    """Whether botocore would have signed this link so, and it lives still."""
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    begun = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    age = datetime.datetime.now(datetime.timezone.utc) - begun
    lifetime = datetime.timedelta(seconds=int(query["X-Amz-Expires"]))
    if lifetime > datetime.timedelta(days=7) or not datetime.timedelta(minutes=-5) <= age <= lifetime:
        return False
    credentials = botocore.credentials.Credentials(
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], query.get("X-Amz-Security-Token"))
    signer = botocore.auth.S3SigV4QueryAuth(credentials, "s3", region, expires=int(query["X-Amz-Expires"]))
    request = botocore.awsrequest.AWSRequest("GET", parts._replace(query="").geturl())
    request.context["timestamp"] = query["X-Amz-Date"]
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return signer.signature(text, request) == query["X-Amz-Signature"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", required=True)
    parser.add_argument("--region", default="eu-west-1")
    arguments = parser.parse_args()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = f"http://{self.headers['Host']}{self.path}"
            try:
                is_allowed = is_right(url, arguments.region)
            except (KeyError, ValueError):  # a part of it is missing, or is none
                is_allowed = False
            if not is_allowed:
                return self.answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
            backend = arguments.backend + urllib.parse.urlsplit(self.path).path
            # By its own credentials, since moto understands no link.
            scope = "test/20260101/eu-west-1/s3/aws4_request"
            authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=x"
            try:
                with opener.open(urllib.request.Request(backend, headers={"Authorization": authorization})) as found:
                    self.answer(found.status, found.read())
            except urllib.error.HTTPError as error:
                self.answer(error.code, error.read())

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
