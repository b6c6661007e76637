"""AWS's wire, as far as the manners must understand it: what a request asks for, and answers in EC2's XML."""

from __future__ import annotations

import re
import urllib.parse
import uuid
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

EC2_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
_CREDENTIAL = re.compile(r"Credential=[^/]+/[0-9]{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass
class Request:
    """One request of a client. `form` is the query protocol's parameters, empty for S3 and SSM."""

    method: str
    path: str
    headers: dict[str, str]  # lower-case names
    body: bytes
    form: dict[str, str] = field(default_factory=dict)
    region: str = "us-east-1"
    service: str = ""
    action: str = ""

    @classmethod
    def read(cls, method: str, path: str, headers: dict[str, str], body: bytes) -> Request:
        request = cls(method, path, headers, body)
        scope = _CREDENTIAL.search(headers.get("authorization", ""))
        if scope:
            request.region, request.service = scope.groups()
        if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            pairs = urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
            request.form = dict(pairs)
        request.action = request._action()
        return request

    def _action(self) -> str:
        """`RunInstances` and the like; for S3 the method and what it is about: `PUT object`, `LIST bucket`."""
        if "Action" in self.form:
            return self.form["Action"]
        target = self.headers.get("x-amz-target")
        if target:
            return target.split(".")[-1]
        parts = urllib.parse.urlsplit(self.path)
        bucket, _, key = parts.path.lstrip("/").partition("/")
        if key:
            return f"{self.method} object"
        if bucket:
            return "LIST bucket" if self.method == "GET" else f"{self.method} bucket"
        return f"{self.method} service"

    @property
    def is_ec2(self) -> bool:
        return "Action" in self.form and self.service == "ec2"

    def numbered(self, name: str) -> list[str]:
        """The values of `Name.1`, `Name.2`, … in order."""
        found = []
        for key, value in self.form.items():
            stem, _, number = key.rpartition(".")
            if stem == name and number.isdigit():
                found.append((int(number), value))
        return [value for _, value in sorted(found)]

    def filters(self) -> dict[str, tuple[str, list[str]]]:
        """`{filter's name: (its stem "Filter.1", its values)}`."""
        named = {}
        for key, value in self.form.items():
            match = re.fullmatch(r"(Filter\.[0-9]+)\.Name", key)
            if match:
                named[value] = (match[1], self.numbered(f"{match[1]}.Value"))
        return named

    def without_filters(self, names: set[str]) -> Request:
        """The same request less some filters; those that stay are numbered anew, as moto wants them."""
        kept = [(name, values) for name, (_, values) in self.filters().items() if name not in names]
        form = {key: value for key, value in self.form.items() if not key.startswith("Filter.")}
        for index, (name, values) in enumerate(kept, 1):
            form[f"Filter.{index}.Name"] = name
            for number, value in enumerate(values, 1):
                form[f"Filter.{index}.Value.{number}"] = value
        return self.with_form(form)

    def with_form(self, form: dict[str, str]) -> Request:
        """The same client's request with other parameters (moto checks no signature unless it is told to)."""
        body = urllib.parse.urlencode(form).encode()
        return Request(
            self.method, self.path, self.headers, body, form, self.region, self.service, form.get("Action", "")
        )


@dataclass
class Answer:
    """What goes back to the client."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    def with_xml(self, root: ElementTree.Element) -> Answer:
        ElementTree.register_namespace("", EC2_NAMESPACE)
        return Answer(self.status, self.headers, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def refusal(request: Request, status: int, code: str, message: str) -> Answer:
    """An error in the form of the service that was asked."""
    number = str(uuid.uuid4())
    if request.service == "s3" or not (request.form or "x-amz-target" in request.headers):
        text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{number}</RequestId></Error>"
    elif request.is_ec2:
        text = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{number}</RequestID></Response>"
        )
    elif request.form:
        text = (
            f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{number}</RequestId></ErrorResponse>"
        )
    else:
        body = f'{{"__type": "{code}", "message": "{message}"}}'.encode()
        return Answer(status, [("Content-Type", "application/x-amz-json-1.1")], body)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return Answer(status, [("Content-Type", "text/xml;charset=UTF-8")], (head + text).encode())


class Refused(Exception):
    """EC2 refuses the request being looked at."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


# MARK: EC2's XML, read and edited by element, never by text


def name_of(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def child(element: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next((one for one in element if name_of(one) == name), None)


def text_of(element: ElementTree.Element, *path: str) -> str:
    found: ElementTree.Element | None = element
    for name in path:
        found = child(found, name) if found is not None else None
    return (found.text or "") if found is not None else ""


def items(root: ElementTree.Element, *path: str) -> list[ElementTree.Element]:
    found: ElementTree.Element | None = root
    for name in path:
        found = child(found, name) if found is not None else None
    return [one for one in found if name_of(one) == "item"] if found is not None else []


def instances_of(root: ElementTree.Element) -> list[ElementTree.Element]:
    """The instances of an answer to RunInstances or DescribeInstances."""
    reservations = items(root, "reservationSet")
    return [one for scope in (reservations or [root]) for one in items(scope, "instancesSet")]


def put(element: ElementTree.Element, name: str, text: str) -> None:
    """Sets a child's text, adding the child where there is none."""
    found = child(element, name)
    if found is None:
        found = ElementTree.SubElement(element, element.tag.replace(name_of(element), name))
    found.text = text
