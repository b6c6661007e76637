"""Signs requests with botocore: the witness that AWSSigning is compared with.

Reads a JSON list of cases from standard input, writes a JSON list of what botocore makes of each to standard output:
the Authorization header of a request with signed headers, or the signature of a presigned link.
"""
import datetime
import json
import sys
from urllib.parse import parse_qs, quote, urlsplit

import botocore.auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def signed(case):
    now = datetime.datetime.fromtimestamp(case["time"], datetime.timezone.utc)
    botocore.auth.get_current_datetime = lambda *_, **__: now
    path = quote(case["path"], safe="/~")
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in case["query"])
    request = AWSRequest(
        method=case["method"], url=f"{case['scheme']}://{case['host']}{path}" + (f"?{query}" if query else ""),
        data=bytes(case["body"]))
    for name, value in case["headers"]:
        request.headers[name] = value
    credentials = Credentials(case["key"], case["secret"], case.get("token"))
    s3 = case["service"] == "s3"
    if case.get("presign"):
        signer = S3SigV4QueryAuth if s3 else SigV4QueryAuth
        signer(credentials, case["service"], case["region"], expires=case["presign"]).add_auth(request)
        parts = urlsplit(request.url)
        values = parse_qs(parts.query, keep_blank_values=True)
        return {"path": parts.path, "signature": values["X-Amz-Signature"][0], "query": values}
    signer = S3SigV4Auth if s3 else SigV4Auth
    signer(credentials, case["service"], case["region"]).add_auth(request)
    return {
        "path": path,
        "authorization": request.headers["Authorization"],
        "date": request.headers["X-Amz-Date"],
        "token": request.headers.get("X-Amz-Security-Token"),
        "digest": request.headers.get("X-Amz-Content-SHA256"),
    }


json.dump([signed(case) for case in json.load(sys.stdin)], sys.stdout)
