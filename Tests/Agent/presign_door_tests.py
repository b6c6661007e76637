"""The door that checks links in place of moto: right links pass, and others don't."""

from __future__ import annotations

import datetime
import os
import pathlib
import subprocess
import sys
import unittest
import urllib.error
import urllib.request
from unittest import mock

import boto3
import botocore.config

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import agent_tests  # noqa: E402 - the module: its own tests are run where they stand

KEYS = {"AWS_ACCESS_KEY_ID": "door", "AWS_SECRET_ACCESS_KEY": "secret/door"}


class PresignDoorTests(agent_tests.MotoCase):
    def setUp(self):
        super().setUp()
        door = subprocess.Popen(
            [sys.executable, HERE / "presign_door.py", "--backend", self.endpoint], stdout=subprocess.PIPE, text=True,
            env={**os.environ, **KEYS})
        self.addCleanup(lambda: (door.kill(), door.wait(), door.stdout.close()))
        self.door = door.stdout.readline().strip()
        self.s3.put_object(Bucket=self.bucket, Key="a b/\u00e9.json", Body=b"body")

    def link(self, key="a b/\u00e9.json", seconds=60, **keys):
        keys = {"aws_access_key_id": "door", "aws_secret_access_key": "secret/door", **keys}
        style = botocore.config.Config(signature_version="s3v4", s3={"addressing_style": "path"})
        client = boto3.client("s3", endpoint_url=self.door, region_name="eu-west-1", config=style, **keys)
        return client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=seconds)

    def get(self, url):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(url, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def test_right_link_answers_with_the_object(self):
        self.assertEqual(self.get(self.link()), (200, b"body"))
        self.assertEqual(self.get(self.link(aws_session_token="a/token==")), (200, b"body"))

    def test_right_link_to_what_is_not_there_says_so(self):
        self.assertEqual(self.get(self.link("none"))[0], 404)

    def test_link_that_was_changed_or_lacks_a_part_is_refused(self):
        link = self.link()
        changed = {
            "key": link.replace("a%20b", "b"), "lifetime": link.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
            "signature": link[:-1] + ("0" if link[-1] != "0" else "1"), "no date": link.replace("X-Amz-Date", "Date"),
            "no lifetime": link.replace("X-Amz-Expires=60", "X-Amz-Expires=x"), "nothing": link.split("?")[0],
            "another's": self.link(aws_secret_access_key="other"), "too long": self.link(seconds=604_801)}
        for what, url in changed.items():
            with self.subTest(what):
                self.assertEqual(self.get(url)[0], 403)

    def test_link_that_has_expired_is_refused(self):
        with mock.patch("botocore.auth.get_current_datetime") as now:
            now.return_value = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=120)
            old = self.link()
        stamp = old.split("X-Amz-Date=")[1][:16]
        begun = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        age = datetime.datetime.now(datetime.timezone.utc) - begun
        self.assertGreater(age, datetime.timedelta(seconds=60), "it is old")
        self.assertEqual(self.get(old)[0], 403)


if __name__ == "__main__":
    unittest.main()
