"""Proves each manner by boto3, against a moto of this run's own. scripts/test runs it; by hand:

BOTFLEET_PYTHON -m unittest discover --start-directory Tests/EC2Manners --pattern '*_tests.py'
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import botocore.client
import botocore.exceptions

IMAGE = "ami-785db401"


def start(*command: str) -> tuple[subprocess.Popen, str]:
    """Starts a server on a free port and returns it and its URL."""
    mark = {"BOTFLEET_SANDBOX_SERVER": os.environ.get("BOTFLEET_SANDBOX", "")}  # scripts/sandbox down ends what has it
    environment = {**os.environ, **mark, "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    said = ""
    for line in server.stdout:
        said += line
        found = re.search(r"Running on (http://127\.0\.0\.1:[0-9]+)", line)
        if found:
            threading.Thread(target=server.stdout.read, daemon=True).start()  # or a full pipe would stop it
            return server, found[1]
    raise RuntimeError(f"{command} did not start: {said}")


class MannersTestCase(unittest.TestCase):
    """A moto and the manners before it, for all tests; each begins without manners and without instances."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.moto, cls.moto_url = start("-m", "moto.server", "-H", "127.0.0.1", "-p", "0")
        program = Path(__file__).with_name("ec2_manners.py")
        cls.proxy, cls.url = start(str(program), "--upstream", cls.moto_url)

    @classmethod
    def tearDownClass(cls) -> None:
        for server in (cls.proxy, cls.moto):
            server.kill()
            server.wait(10)
            server.stdout.close()

    def setUp(self) -> None:
        self.manners(reset=True)
        self.ec2 = self.client("ec2")
        for one in self.instances():
            self.ec2.terminate_instances(InstanceIds=[one["InstanceId"]])

    def client(self, service: str, url: str | None = None, **config: object):
        return boto3.client(
            service,
            endpoint_url=url or self.url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=botocore.client.Config(retries={"total_max_attempts": 1}, **config),
        )

    def manners(self, **wanted: object) -> dict:
        data = json.dumps(wanted).encode() if wanted else None
        with urllib.request.urlopen(f"{self.url}/_manners", data=data, timeout=10) as response:
            return json.load(response)

    def run_instances(self, client=None, **more: object) -> list[dict]:
        wanted = {"ImageId": IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **more}
        return (client or self.ec2).run_instances(**wanted)["Instances"]

    def launch(self, **more: object) -> str:
        return self.run_instances(**more)[0]["InstanceId"]

    def instances(self, client=None, **wanted: object) -> list[dict]:
        answer = (client or self.ec2).describe_instances(**wanted)
        found = [one for reservation in answer["Reservations"] for one in reservation["Instances"]]
        return [one for one in found if one["State"]["Name"] != "terminated"]

    def state(self, instance: str) -> str:
        answer = self.ec2.describe_instances(InstanceIds=[instance])
        return answer["Reservations"][0]["Instances"][0]["State"]["Name"]

    def wait_for(self, instance: str, state: str) -> None:
        deadline = time.monotonic() + 10
        while self.state(instance) != state:
            self.assertLess(time.monotonic(), deadline, f"{instance} is {self.state(instance)}, not {state}")
            time.sleep(0.02)

    def assert_refused(self, code: str, call, **wanted: object) -> botocore.exceptions.ClientError:
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**wanted)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception


class ForwardingTests(MannersTestCase):
    def test_without_manners_answers_are_motos_own(self) -> None:
        tags = [{"Key": "Name", "Value": "ä <&>"}]
        instance = self.launch(TagSpecifications=[{"ResourceType": "instance", "Tags": tags}])
        direct = self.client("ec2", self.moto_url)
        through, straight = (client.describe_instances(InstanceIds=[instance]) for client in (self.ec2, direct))
        del through["ResponseMetadata"], straight["ResponseMetadata"]
        self.assertEqual(through, straight)

    def test_objects_of_any_bytes_and_keys_pass_both_ways(self) -> None:
        s3 = self.client("s3")
        s3.create_bucket(Bucket="manners", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        body = bytes(range(256)) * 5_000
        for key in ("a b/ä+%&=.bin", "plain"):
            s3.put_object(Bucket="manners", Key=key, Body=body)
            self.assertEqual(s3.get_object(Bucket="manners", Key=key)["Body"].read(), body)
            self.assertEqual(s3.head_object(Bucket="manners", Key=key)["ContentLength"], len(body))
        self.assertEqual(s3.list_objects_v2(Bucket="manners")["KeyCount"], 2)
        counts = self.manners()["counts"]
        self.assertEqual((counts["PUT object"], counts["GET object"], counts["LIST bucket"]), (2, 2, 1))

    def test_requests_are_counted_by_action_refused_ones_too(self) -> None:
        self.manners(reset=True, faults=[{"action": "DescribeVpcs", "kind": "500", "times": 1}])
        self.assert_refused("InternalError", self.ec2.describe_vpcs)
        self.ec2.describe_vpcs()
        self.client("sts").get_caller_identity()
        self.assertEqual(self.manners()["counts"], {"DescribeVpcs": 2, "GetCallerIdentity": 1})

    def test_unknown_manner_is_refused_by_name(self) -> None:
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.manners(hiden_seconds=1)
        self.assertIn("hiden_seconds", caught.exception.read().decode())
        caught.exception.close()


class ClientTokenTests(MannersTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.manners(client_tokens=True)

    def test_same_token_gives_the_first_instance_again(self) -> None:
        first, second = self.launch(ClientToken="one"), self.launch(ClientToken="one")
        self.assertEqual(first, second)
        self.assertEqual([one["InstanceId"] for one in self.instances(self.client("ec2", self.moto_url))], [first])

    def test_without_the_manner_moto_launches_twice(self) -> None:
        self.manners(client_tokens=False)
        self.assertNotEqual(self.launch(ClientToken="off"), self.launch(ClientToken="off"))

    def test_same_token_at_the_same_moment_launches_one(self) -> None:
        found: list[str] = []

        def launch() -> None:
            found.append(self.run_instances(self.client("ec2"), ClientToken="race")[0]["InstanceId"])

        threads = [threading.Thread(target=launch) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual((len(found), len(set(found))), (6, 1))

    def test_same_token_with_other_parameters_is_a_mismatch(self) -> None:
        self.launch(ClientToken="two")
        self.assert_refused("IdempotentParameterMismatch", self.launch, ClientToken="two", InstanceType="t3.large")

    def test_token_of_a_terminated_instance_is_refused(self) -> None:
        instance = self.launch(ClientToken="three")
        self.client("ec2", self.moto_url).terminate_instances(InstanceIds=[instance])
        self.assert_refused("IdempotentInstanceTerminated", self.launch, ClientToken="three")

    def test_token_of_a_refused_launch_is_free(self) -> None:
        self.manners(capacity=[{"times": 1}])
        self.assert_refused("InsufficientInstanceCapacity", self.launch, ClientToken="four")
        self.assertTrue(self.launch(ClientToken="four"))

    def test_client_token_filters_listings(self) -> None:
        instance = self.launch(ClientToken="five")
        self.launch(ClientToken="six")
        found = self.instances(Filters=[{"Name": "client-token", "Values": ["five"]}])
        self.assertEqual([one["InstanceId"] for one in found], [instance])


class AppearanceTests(MannersTestCase):
    def test_new_instance_is_hidden_and_not_found_then_there(self) -> None:
        self.manners(hidden_seconds=60)
        instance = self.launch()
        self.assertEqual(self.instances(), [])
        by_id = {"InstanceIds": [instance]}
        self.assert_refused("InvalidInstanceID.NotFound", self.ec2.describe_instances, **by_id)
        self.assert_refused("InvalidInstanceID.NotFound", self.ec2.stop_instances, **by_id)
        tags = {"Resources": [instance], "Tags": [{"Key": "a", "Value": "b"}]}
        self.assert_refused("InvalidInstanceID.NotFound", self.ec2.create_tags, **tags)
        self.manners(settle=True)
        self.assertEqual(self.state(instance), "running")

    def test_hidden_instance_appears_when_its_seconds_are_over(self) -> None:
        self.manners(hidden_seconds=0.5)
        launched = time.monotonic()
        self.launch()
        while not self.instances():
            self.assertLess(time.monotonic(), launched + 10)
            time.sleep(0.02)
        self.assertGreaterEqual(time.monotonic() - launched, 0.5)

    def test_pending_shows_after_launch_and_start_without_addresses(self) -> None:
        self.manners(pending_seconds=60)
        instance = self.launch()
        self.assertEqual(self.state(instance), "pending")
        self.assertFalse(self.instances()[0].get("PublicIpAddress"))
        self.manners(settle=True)
        self.assertEqual(self.state(instance), "running")
        self.assertTrue(self.instances()[0].get("PublicIpAddress"))
        self.ec2.stop_instances(InstanceIds=[instance])
        self.assertEqual(self.state(instance), "stopped")
        self.ec2.start_instances(InstanceIds=[instance])
        self.assertEqual(self.state(instance), "pending")

    def test_stopping_and_shutting_down_show_for_a_while(self) -> None:
        instance = self.launch()
        self.manners(stopping_seconds=60)
        self.ec2.stop_instances(InstanceIds=[instance])
        self.assertEqual(self.state(instance), "stopping")
        self.manners(settle=True, stopping_seconds=0.4)
        self.assertEqual(self.state(instance), "stopped")
        self.ec2.terminate_instances(InstanceIds=[instance])
        self.wait_for(instance, "terminated")

    def test_state_filter_goes_by_what_is_shown(self) -> None:
        self.manners(pending_seconds=30)
        instance = self.launch()
        for state, count in (("pending", 1), ("running", 0)):
            found = self.instances(Filters=[
                {"Name": "instance-state-name", "Values": [state]}, {"Name": "instance-type", "Values": ["t3.micro"]},
            ])
            self.assertEqual([one["InstanceId"] for one in found], [instance] * count)
        self.assertEqual(self.instances(Filters=[{"Name": "instance-type", "Values": ["m5.large"]}]), [])


class RefusalTests(MannersTestCase):
    def test_start_while_stopping_and_stop_while_pending_are_refused(self) -> None:
        instance = self.launch()
        self.manners(strict_states=True, stopping_seconds=60, pending_seconds=60)
        by_id = {"InstanceIds": [instance]}
        self.ec2.stop_instances(**by_id)
        self.assert_refused("IncorrectInstanceState", self.ec2.start_instances, **by_id)
        self.manners(settle=True)
        self.ec2.start_instances(**by_id)
        self.assert_refused("IncorrectInstanceState", self.ec2.stop_instances, **by_id)

    def test_one_instance_at_fault_refuses_the_whole_call(self) -> None:
        good, bad = self.launch(), self.launch()
        self.ec2.stop_instances(InstanceIds=[good])
        self.ec2.terminate_instances(InstanceIds=[bad])
        self.manners(strict_states=True)
        error = self.assert_refused("IncorrectInstanceState", self.ec2.start_instances, InstanceIds=[good, bad])
        self.assertIn(bad, str(error))
        self.assertEqual(self.state(good), "stopped")

    def test_type_of_a_running_instance_is_not_changed(self) -> None:
        instance = self.launch()
        self.manners(strict_states=True)
        wanted = {"InstanceId": instance, "InstanceType": {"Value": "t3.large"}}
        self.assert_refused("IncorrectInstanceState", self.ec2.modify_instance_attribute, **wanted)
        self.ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": False})
        self.ec2.stop_instances(InstanceIds=[instance])
        self.ec2.modify_instance_attribute(**wanted)
        self.assertEqual(self.instances()[0]["InstanceType"], "t3.large")

    def test_group_in_use_is_not_deleted_until_its_instance_is_terminated(self) -> None:
        group = self.ec2.create_security_group(GroupName=f"g-{time.time_ns()}", Description="d")["GroupId"]
        instance = self.launch(SecurityGroupIds=[group])
        self.manners(groups_in_use=True, stopping_seconds=60)
        self.assert_refused("DependencyViolation", self.ec2.delete_security_group, GroupId=group)
        self.ec2.terminate_instances(InstanceIds=[instance])
        self.assert_refused("DependencyViolation", self.ec2.delete_security_group, GroupId=group)
        self.manners(settle=True)
        self.ec2.delete_security_group(GroupId=group)

    def test_capacity_lacks_for_a_type_as_often_as_was_said(self) -> None:
        self.manners(capacity=[{"instance_type": "t3.large", "times": 2}])
        self.launch(InstanceType="t3.micro")
        for _ in range(2):
            self.assert_refused("InsufficientInstanceCapacity", self.launch, InstanceType="t3.large")
        self.launch(InstanceType="t3.large")

    def test_capacity_lacks_in_a_subnet_for_ever_and_for_starts(self) -> None:
        one, other = (subnet["SubnetId"] for subnet in self.ec2.describe_subnets()["Subnets"][:2])
        stopped = self.launch(SubnetId=one)
        self.ec2.stop_instances(InstanceIds=[stopped])
        self.manners(capacity=[{"subnet": one}])
        for _ in range(3):
            self.assert_refused("InsufficientInstanceCapacity", self.launch, SubnetId=one)
        self.assert_refused("InsufficientInstanceCapacity", self.ec2.start_instances, InstanceIds=[stopped])
        interface = {"DeviceIndex": 0, "SubnetId": one, "AssociatePublicIpAddress": True}
        self.assert_refused("InsufficientInstanceCapacity", self.launch, NetworkInterfaces=[interface])
        self.launch(SubnetId=other)

    def test_launch_and_start_that_fall_back_end_with_their_reason(self) -> None:
        started = self.launch()
        self.ec2.stop_instances(InstanceIds=[started])
        self.manners(pending_seconds=60, falls_back=[{"reason": "Server.InternalError", "times": 2}])
        launched = self.launch()
        self.ec2.start_instances(InstanceIds=[started])
        self.assertEqual((self.state(launched), self.state(started)), ("pending", "pending"))
        self.manners(settle=True)
        for instance, end in ((launched, "terminated"), (started, "stopped")):
            self.assertEqual(self.state(instance), end)
            answer = self.ec2.describe_instances(InstanceIds=[instance])
            self.assertEqual(answer["Reservations"][0]["Instances"][0]["StateReason"]["Code"], "Server.InternalError")


class FaultTests(MannersTestCase):
    def test_throttling_and_server_errors_come_as_often_as_was_said(self) -> None:
        for kind, code, status in (
            ("RequestLimitExceeded", "RequestLimitExceeded", 503), ("500", "InternalError", 500),
            ("503", "Unavailable", 503), ("UnauthorizedOperation", "UnauthorizedOperation", 400),
        ):
            self.manners(faults=[{"action": "DescribeVpcs", "kind": kind, "times": 2}])
            for _ in range(2):
                error = self.assert_refused(code, self.ec2.describe_vpcs)
                self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], status)
            self.ec2.describe_vpcs()

    def test_s3_and_sts_get_errors_in_their_own_form(self) -> None:
        self.manners(faults=[{"kind": "SlowDown", "status": 503, "times": 2}])
        self.assert_refused("SlowDown", self.client("s3").list_buckets)
        self.assert_refused("SlowDown", self.client("sts").get_caller_identity)

    def test_skip_lets_the_first_calls_pass(self) -> None:
        self.manners(faults=[{"action": "DescribeVpcs", "skip": 2, "times": 1}])
        self.ec2.describe_vpcs()
        self.ec2.describe_vpcs()
        self.assert_refused("InternalError", self.ec2.describe_vpcs)
        self.ec2.describe_vpcs()

    def test_probability_follows_from_its_seed(self) -> None:
        def outcomes() -> list[bool]:
            self.manners(seed=7, faults=[{"action": "DescribeVpcs", "probability": 0.5}])
            found = []
            for _ in range(20):
                try:
                    self.ec2.describe_vpcs()
                    found.append(True)
                except botocore.exceptions.ClientError:
                    found.append(False)
            return found

        first = outcomes()
        self.assertEqual(first, outcomes())
        self.assertEqual(set(first), {True, False})

    def test_lost_answer_leaves_the_instance_launched(self) -> None:
        lost = {"action": "RunInstances", "kind": "reset", "when": "after", "times": 1}
        self.manners(client_tokens=True, faults=[lost])
        with self.assertRaises(botocore.exceptions.HTTPClientError):
            self.launch(ClientToken="lost")
        self.assertEqual(len(self.instances()), 1)
        self.assertEqual(self.launch(ClientToken="lost"), self.instances()[0]["InstanceId"])

    def test_hang_outlasts_the_clients_patience_and_holds_nobody_else_up(self) -> None:
        self.manners(faults=[{"action": "DescribeVpcs", "kind": "hang", "times": 1}])
        with self.assertRaises(botocore.exceptions.ReadTimeoutError):
            self.client("ec2", read_timeout=0.5).describe_vpcs()
        self.ec2.describe_vpcs()

    def test_reset_before_leaves_nothing_done(self) -> None:
        self.manners(faults=[{"action": "RunInstances", "kind": "reset", "times": 1}])
        with self.assertRaises(botocore.exceptions.HTTPClientError):
            self.launch()
        self.assertEqual(self.instances(), [])

    def test_delay_holds_its_action_alone(self) -> None:
        self.manners(delays={"DescribeVpcs": 0.4})
        began = time.monotonic()
        self.ec2.describe_vpcs()
        self.assertGreaterEqual(time.monotonic() - began, 0.4)


if __name__ == "__main__":
    unittest.main()
