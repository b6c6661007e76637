"""The manners themselves: what EC2 does and moto lets pass.

State is kept by region, under one lock; a lookup in moto or a pause is never made while it is held.
"""

from __future__ import annotations

import hashlib
import random
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from wire import Answer, Refused, Request, child, instances_of, items, put, text_of

STATE_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}

# Every manner and its value when there are none. ec2_manners.py's head says what each means.
NONE = {
    "client_tokens": False,
    "hidden_seconds": 0.0,
    "pending_seconds": 0.0,
    "stopping_seconds": 0.0,
    "strict_states": False,
    "groups_in_use": False,
    "capacity": [],
    "falls_back": [],
    "faults": [],
    "delays": {},
    "seed": 1,
}

Forward = Callable[[Request], Answer]


@dataclass
class Shown:
    """What the proxy knows of an instance that moto doesn't."""

    hidden_until: float = 0.0
    state: str = ""  # shown until `until` in place of moto's
    until: float = 0.0
    reason: str = ""  # why it fell back, shown once `until` is over


@dataclass
class Launch:
    """A RunInstances with a client token, and what came of it."""

    parameters: str = ""
    answer: Answer | None = None
    instances: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Manners:
    """All state of the proxy, and the decisions. `admit` comes before moto, `amend` after it."""

    def __init__(self, forward: Forward) -> None:
        self._forward = forward
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self.settings = {name: value.copy() if hasattr(value, "copy") else value for name, value in NONE.items()}
        self._random = random.Random(NONE["seed"])
        self._counts: Counter[str] = Counter()
        self._log: deque[dict] = deque(maxlen=500)
        self._shown: dict[str, Shown] = {}
        self._launches: dict[tuple[str, str], Launch] = {}

    # MARK: control

    def change(self, wanted: dict) -> dict:
        """Sets the named manners. `{"reset": true}` first forgets all; `{"settle": true}` ends all that is hidden or on
        its way, as if its seconds were over. An unknown name is an error."""
        wanted = dict(wanted)
        reset = wanted.pop("reset", False)
        settle = wanted.pop("settle", False)
        unknown = sorted(set(wanted) - set(NONE))
        if unknown:
            raise ValueError(f"no manner is called {', '.join(unknown)}; there are {', '.join(NONE)}")
        for name, value in wanted.items():
            if not isinstance(value, (int, float) if isinstance(NONE[name], (int, float)) else type(NONE[name])):
                raise ValueError(f"{name} takes a value like {NONE[name]!r}")
        with self._lock:
            if reset:
                self._forget()
            for shown in self._shown.values() if settle else []:
                shown.hidden_until = shown.until = 0.0
            self.settings.update(wanted)
            if "seed" in wanted:
                self._random.seed(wanted["seed"])
        return self.report()

    def report(self) -> dict:
        with self._lock:
            return {"manners": dict(self.settings), "counts": dict(self._counts), "log": list(self._log)}

    def count(self, request: Request) -> None:
        with self._lock:
            self._counts[request.action] += 1

    def note(self, request: Request, outcome: str) -> None:
        """Keeps what became of a request, for the report."""
        with self._lock:
            self._log.append({"action": request.action, "region": request.region, "outcome": outcome})

    # MARK: faults

    def delay(self, request: Request) -> float:
        with self._lock:
            delays = self.settings["delays"]
            return float(delays.get(request.action, delays.get("*", 0)))

    def fault(self, request: Request, when: str) -> dict | None:
        """The first fault that is due: rules with `times` are used up, others strike by `probability`."""
        with self._lock:
            for rule in self.settings["faults"]:
                if rule.get("action", "*") not in ("*", request.action) or rule.get("when", "before") != when:
                    continue
                if "skip" in rule and rule["skip"] > 0:
                    rule["skip"] -= 1
                    continue
                if self._uses_up(rule) and self._random.random() < rule.get("probability", 1.0):
                    return dict(rule)
        return None

    @staticmethod
    def _uses_up(rule: dict) -> bool:
        """Takes one of a rule's `times`; a rule without holds for ever."""
        if "times" not in rule:
            return True
        if rule["times"] <= 0:
            return False
        rule["times"] -= 1
        return True

    def _due(self, manner: str, instance_type: str, subnet: str) -> dict | None:
        """The first rule of a manner that fits an instance type and a subnet."""
        with self._lock:
            for rule in self.settings[manner]:
                if rule.get("instance_type", instance_type) != instance_type:
                    continue
                if rule.get("subnet", subnet) != subnet:
                    continue
                if self._uses_up(rule):
                    return dict(rule)
        return None

    # MARK: what is shown

    def _is_hidden(self, instance: str) -> bool:
        with self._lock:
            shown = self._shown.get(instance)
            return shown is not None and time.monotonic() < shown.hidden_until

    def _shown_state(self, instance: str, real: str) -> str:
        with self._lock:
            shown = self._shown.get(instance)
            return shown.state if shown is not None and time.monotonic() < shown.until else real

    def _reason(self, instance: str) -> str:
        with self._lock:
            shown = self._shown.get(instance)
            return shown.reason if shown is not None and time.monotonic() >= shown.until else ""

    def _show(self, instances: list[str], state: str, seconds: float, hidden: float = 0.0, reason: str = "") -> None:
        now = time.monotonic()
        with self._lock:
            for instance in instances:
                shown = self._shown.setdefault(instance, Shown())
                shown.hidden_until = max(shown.hidden_until, now + hidden)
                shown.state, shown.until, shown.reason = state, now + seconds, reason

    def _real(self, request: Request, form: dict[str, str]) -> list[ElementTree.Element]:
        """The instances that moto itself lists, all pages of them."""
        found: list[ElementTree.Element] = []
        form = {"Action": "DescribeInstances", "Version": "2016-11-15", **form}
        for _ in range(1_000):
            answer = self._forward(request.with_form(form))
            if not answer.succeeded:
                return found
            root = ElementTree.fromstring(answer.body)
            found += instances_of(root)
            token = text_of(root, "nextToken")
            if not token:
                return found
            form["NextToken"] = token
        return found

    def _states(self, request: Request, ids: list[str]) -> dict[str, str]:
        """What a client would see as these instances' states."""
        form = {f"InstanceId.{number}": instance for number, instance in enumerate(ids, 1)}
        states = {}
        for one in self._real(request, form):
            instance = text_of(one, "instanceId")
            states[instance] = self._shown_state(instance, text_of(one, "instanceState", "name"))
        return states

    # MARK: before moto

    def admit(self, request: Request) -> Answer | Request:
        """Refuses the request (`Refused`), answers it, or says what moto shall be asked."""
        ids = request.numbered("InstanceId") + request.numbered("ResourceId")
        ids += [request.form["InstanceId"]] if "InstanceId" in request.form else []
        for instance in ids:
            if self._is_hidden(instance):
                raise Refused(400, "InvalidInstanceID.NotFound", f"The instance ID '{instance}' does not exist")
        match request.action:
            case "StartInstances":
                self._require_states(request, ids, {"stopped", "running", "pending"}, "started")
                self._require_capacity_to_start(request, ids)
            case "StopInstances":
                self._require_states(request, ids, {"running", "stopping", "stopped"}, "stopped")
            case "RebootInstances":
                self._require_states(request, ids, {"running"}, "rebooted")
            case "ModifyInstanceAttribute":
                self._require_stopped_to_modify(request, ids)
            case "DeleteSecurityGroup":
                self._require_unused_group(request)
            case "RunInstances":
                self._require_capacity(request.form.get("InstanceType", "m1.small"), self._subnet(request))
            case "DescribeInstances" | "DescribeInstanceStatus":
                return request.without_filters({"instance-state-name", "client-token"})
        return request

    @staticmethod
    def _subnet(request: Request) -> str:
        return request.form.get("SubnetId") or request.form.get("NetworkInterface.1.SubnetId", "")

    def _require_states(self, request: Request, ids: list[str], allowed: set[str], done: str) -> None:
        if not self.settings["strict_states"]:
            return
        for instance, state in self._states(request, ids).items():
            if state not in allowed:
                message = f"The instance '{instance}' is not in a state from which it can be {done}."
                raise Refused(400, "IncorrectInstanceState", message)

    def _require_stopped_to_modify(self, request: Request, ids: list[str]) -> None:
        needs = ("InstanceType", "UserData", "Kernel", "Ramdisk")
        attribute = request.form.get("Attribute", "").lower()
        if attribute not in [one.lower() for one in needs] and not any(f"{one}.Value" in request.form for one in needs):
            return
        if not self.settings["strict_states"]:
            return
        for instance, state in self._states(request, ids).items():
            if state != "stopped":
                message = f"The instance '{instance}' is not in the 'stopped' state."
                raise Refused(400, "IncorrectInstanceState", message)

    def _require_capacity(self, instance_type: str, subnet: str) -> None:
        if self._due("capacity", instance_type, subnet):
            message = f"We currently do not have sufficient {instance_type} capacity in the Availability Zone."
            raise Refused(500, "InsufficientInstanceCapacity", message)

    def _require_capacity_to_start(self, request: Request, ids: list[str]) -> None:
        if not self.settings["capacity"]:
            return
        form = {f"InstanceId.{number}": instance for number, instance in enumerate(ids, 1)}
        for one in self._real(request, form):
            if text_of(one, "instanceState", "name") == "stopped":
                self._require_capacity(text_of(one, "instanceType"), text_of(one, "subnetId"))

    def _require_unused_group(self, request: Request) -> None:
        if not self.settings["groups_in_use"]:
            return
        wanted = {request.form.get("GroupId", ""), request.form.get("GroupName", "")} - {""}
        for one in self._real(request, {}):
            instance = text_of(one, "instanceId")
            if self._shown_state(instance, text_of(one, "instanceState", "name")) == "terminated":
                continue
            for group in items(one, "groupSet"):
                if wanted & {text_of(group, "groupId"), text_of(group, "groupName")}:
                    message = f"resource {text_of(group, 'groupId')} has a dependent object"
                    raise Refused(400, "DependencyViolation", message)

    # MARK: RunInstances and its token

    def launch(self, request: Request) -> Answer:
        """RunInstances: as EC2 does it, once for each client token."""
        token = request.form.get("ClientToken", "")
        if not token or not self.settings["client_tokens"]:
            return self._launch(request)[0]
        parameters = self._parameters(request)
        with self._lock:
            launch = self._launches.setdefault((request.region, token), Launch())
        with launch.lock:  # a second request with the token waits for the first one's outcome
            if launch.answer is None:
                answer, instances = self._launch(request)
                if answer.succeeded:
                    launch.parameters, launch.answer, launch.instances = parameters, answer, instances
                return answer
            if launch.parameters != parameters:
                message = "The client token you have provided was used with other parameters."
                raise Refused(400, "IdempotentParameterMismatch", message)
            if "terminated" in self._states(request, launch.instances).values():
                message = "The client token you have provided was used for an instance that is terminated."
                raise Refused(400, "IdempotentInstanceTerminated", message)
            return launch.answer

    @staticmethod
    def _parameters(request: Request) -> str:
        kept = sorted((key, value) for key, value in request.form.items() if key != "ClientToken")
        return hashlib.sha256(repr(kept).encode()).hexdigest()

    def _launch(self, request: Request) -> tuple[Answer, list[str]]:
        self.admit(request)
        answer = self._forward(request)
        if not answer.succeeded:
            return answer, []
        launched = instances_of(ElementTree.fromstring(answer.body))
        ids = [text_of(one, "instanceId") for one in launched]
        rule = self._due("falls_back", request.form.get("InstanceType", "m1.small"), self._subnet(request))
        reason = rule.get("reason", "Server.InsufficientInstanceCapacity") if rule else ""
        if rule:
            form = {f"InstanceId.{number}": instance for number, instance in enumerate(ids, 1)}
            self._forward(request.with_form({"Action": "TerminateInstances", "Version": "2016-11-15", **form}))
        self._show(ids, "pending", self.settings["pending_seconds"], self.settings["hidden_seconds"], reason)
        return answer, ids

    # MARK: after moto

    def amend(self, request: Request, answer: Answer) -> Answer:
        """Makes moto's answer what EC2 would have said. `request` is the client's own, with all its filters."""
        if not answer.succeeded:
            return answer
        ids = request.numbered("InstanceId")
        match request.action:
            case "StartInstances":
                self._started(request, ids, ElementTree.fromstring(answer.body))
            case "StopInstances":
                self._show(ids, "stopping", self.settings["stopping_seconds"])
            case "TerminateInstances":
                self._show(ids, "shutting-down", self.settings["stopping_seconds"])
            case "DescribeInstances":
                return self._amend_instances(request, answer)
            case "DescribeInstanceStatus":
                return self._amend_statuses(request, answer)
        return answer

    def _started(self, request: Request, ids: list[str], root: ElementTree.Element) -> None:
        changed = [
            text_of(one, "instanceId")
            for one in items(root, "instancesSet")
            if text_of(one, "previousState", "name") != "running"
        ]
        reason = ""
        form = {f"InstanceId.{number}": instance for number, instance in enumerate(ids, 1)}
        found = self._real(request, form) if self.settings["falls_back"] else []
        for instance_type in {text_of(one, "instanceType") for one in found}:
            rule = self._due("falls_back", instance_type, "")
            if rule:
                reason = rule.get("reason", "Server.InsufficientInstanceCapacity")
                self._forward(request.with_form({"Action": "StopInstances", "Version": "2016-11-15", **form}))
        self._show(changed, "pending", self.settings["pending_seconds"], reason=reason)

    def _wanted(self, request: Request) -> Callable[[str, str], bool]:
        """Whether an instance in a shown state passes the filters that moto was not given."""
        filters = request.filters()
        states = filters.get("instance-state-name", ("", []))[1]
        tokens = filters.get("client-token", ("", []))[1]
        with self._lock:
            launched = {
                instance
                for (region, token), launch in self._launches.items()
                if region == request.region and token in tokens
                for instance in launch.instances
            }
        return lambda instance, state: (not states or state in states) and (not tokens or instance in launched)

    def _amend_instances(self, request: Request, answer: Answer) -> Answer:
        root = ElementTree.fromstring(answer.body)
        wanted = self._wanted(request)
        reservations = child(root, "reservationSet")
        for reservation in items(root, "reservationSet"):
            instances = child(reservation, "instancesSet")
            for one in items(reservation, "instancesSet"):
                if not self._amend_instance(one, wanted):
                    instances.remove(one)
            if len(instances) == 0:
                reservations.remove(reservation)
        return answer.with_xml(root)

    def _amend_instance(self, one: ElementTree.Element, wanted: Callable[[str, str], bool]) -> bool:
        """Sets what the client shall see of an instance; false where that is nothing."""
        instance = text_of(one, "instanceId")
        if self._is_hidden(instance):
            return False
        shown = child(one, "instanceState")
        state = self._shown_state(instance, text_of(one, "instanceState", "name"))
        put(shown, "code", str(STATE_CODES[state]))
        put(shown, "name", state)
        if state == "pending":  # addresses come with running
            for name in ("ipAddress", "dnsName"):
                put(one, name, "")
        reason = self._reason(instance)
        if reason and state in ("stopped", "terminated"):
            stated = child(one, "stateReason")
            if stated is None:
                stated = ElementTree.SubElement(one, one.tag.replace("item", "stateReason"))
            put(stated, "code", reason)
            put(stated, "message", f"{reason}: the instance could not be started")
        return wanted(instance, state)

    def _amend_statuses(self, request: Request, answer: Answer) -> Answer:
        root = ElementTree.fromstring(answer.body)
        wanted = self._wanted(request)
        statuses = child(root, "instanceStatusSet")
        for one in items(root, "instanceStatusSet"):
            instance = text_of(one, "instanceId")
            state = self._shown_state(instance, text_of(one, "instanceState", "name"))
            put(child(one, "instanceState"), "code", str(STATE_CODES[state]))
            put(child(one, "instanceState"), "name", state)
            if self._is_hidden(instance) or not wanted(instance, state):
                statuses.remove(one)
        return answer.with_xml(root)
