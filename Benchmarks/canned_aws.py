#!/usr/bin/env python3
"""The part of AWS that `botfleet plan` and `apply` of a plain fleet call, in memory and quick: for benchmarks.

    canned_aws.py PORT_FILE [--strangers N]

Answers STS, EC2 and S3 over plain HTTP on a free loopback port, which it writes to PORT_FILE. Instances come from
RunInstances and run at once; every element that EC2 shows of one is in its answers (the shape is moto's, which is EC2's),
about 4.2 KB each. DescribeInstances and DescribeSecurityGroups come in pages of MaxResults. Signatures are not checked, and of
filters only instance-id, group-id, group-name, vpc-id and tag:… are known; another one is refused.

    --strangers N     the home region holds N running instances besides, with two tags each and of no fleet
    GET /_counts      how often each action was called, as JSON
    POST /_reset      forget the counts
    GET /_page        one full page of DescribeInstances, as it is sent
    POST /_make       N (the body) more running instances in the home region; answers the number in the first one's id
"""

import bisect
import collections
import itertools
import json
import pathlib
import re
import socketserver
import sys
import threading
import urllib.parse
from xml.sax.saxutils import escape

ACCOUNT = "123456789012"
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15"
LAUNCHED = "2026-11-23T00:00:00.000Z"
STARTED = b"HTTP/1.1 %d %s\r\nContent-Length: %d\r\nContent-Type: text/xml\r\nx-amzn-requestid: canned\r\n%s\r\n"

INSTANCE = (
    "<item><reservationId>r-{n:017x}</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet><item>"
    "<architecture>x86_64</architecture><blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs>"
    "<attachTime>{launched}</attachTime><deleteOnTermination>true</deleteOnTermination><status>attached</status>"
    "<volumeId>vol-{n:017x}</volumeId></ebs></item></blockDeviceMapping><clientToken>{token}</clientToken>"
    "<ebsOptimized>false</ebsOptimized><hypervisor>xen</hypervisor><networkInterfaceSet><item><association>"
    "<ipOwnerId>123456789012</ipOwnerId><publicDnsName>ec2-{dashed}.{region}.compute.amazonaws.com</publicDnsName>"
    "<publicIp>54.{dotted}</publicIp></association><attachment><attachTime>{launched}</attachTime>"
    "<attachmentId>eni-attach-{n:017x}</attachmentId><deleteOnTermination>true</deleteOnTermination>"
    "<deviceIndex>0</deviceIndex><status>attached</status><networkCardIndex>0</networkCardIndex></attachment>"
    "<description>Primary network interface</description><groupSet>{groups}</groupSet><ipv6AddressesSet/>"
    "<macAddress>02:00:{mac}</macAddress><networkInterfaceId>eni-{n:017x}</networkInterfaceId>"
    "<ownerId>123456789012</ownerId><privateDnsName>ip-10-{dashed}.ec2.internal</privateDnsName>"
    "<privateIpAddress>10.{dotted}</privateIpAddress><privateIpAddressesSet><item><association>"
    "<ipOwnerId>123456789012</ipOwnerId><publicDnsName>ec2-{dashed}.{region}.compute.amazonaws.com</publicDnsName>"
    "<publicIp>54.{dotted}</publicIp></association><primary>true</primary>"
    "<privateIpAddress>10.{dotted}</privateIpAddress></item></privateIpAddressesSet>"
    "<sourceDestCheck>true</sourceDestCheck><status>in-use</status><subnetId>subnet-0000000000000beef</subnetId>"
    "<vpcId>vpc-0000000000000beef</vpcId><interfaceType>interface</interfaceType></item></networkInterfaceSet>"
    "<rootDeviceName>/dev/sda1</rootDeviceName><rootDeviceType>ebs</rootDeviceType><groupSet>{groups}</groupSet>"
    "<sourceDestCheck>true</sourceDestCheck><sriovNetSupport>simple</sriovNetSupport><stateReason><code/><message/>"
    "</stateReason><tagSet>{tags}</tagSet><virtualizationType>hvm</virtualizationType><hibernationOptions/>"
    "<metadataOptions><state>applied</state><httpTokens>required</httpTokens>"
    "<httpPutResponseHopLimit>1</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>"
    "<httpProtocolIpv6>disabled</httpProtocolIpv6><instanceMetadataTags>disabled</instanceMetadataTags>"
    "</metadataOptions><instanceId>{id}</instanceId><imageId>{image}</imageId><instanceState><code>{code}</code>"
    "<name>{state}</name></instanceState><privateDnsName>ip-10-{dashed}.{region}.compute.internal</privateDnsName>"
    "<dnsName>ec2-{dashed}.{region}.compute.amazonaws.com</dnsName><reason/><amiLaunchIndex>0</amiLaunchIndex>"
    "<productCodes/><instanceType>{type}</instanceType><launchTime>{launched}</launchTime><placement><groupName/>"
    "<tenancy>default</tenancy><availabilityZone>{region}a</availabilityZone></placement><monitoring>"
    "<state>disabled</state></monitoring><subnetId>subnet-0000000000000beef</subnetId>"
    "<vpcId>vpc-0000000000000beef</vpcId><privateIpAddress>10.{dotted}</privateIpAddress>"
    "<ipAddress>54.{dotted}</ipAddress></item></instancesSet></item>"
)


class Refusal(Exception):
    """An error as EC2 answers one."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.status = code, status


def tag_set(tags):
    return "".join(f"<item><key>{escape(key)}</key><value>{escape(value)}</value></item>" for key, value in tags.items())


def number_of(identifier):
    return int(identifier.rpartition("-")[2], 16)


class Instance:
    """An instance by what differs from one to the next."""

    __slots__ = ("region", "id", "type", "image", "token", "groups", "tags", "state")

    def __init__(self, region, identifier, fields):
        self.region, self.id = region, identifier
        self.type, self.image, self.token = fields["type"], fields["image"], fields["token"]
        self.groups, self.tags = fields["groups"], fields["tags"]
        self.state = "running"

    def xml(self):
        number = number_of(self.id)
        parts = (number >> 16 & 255, number >> 8 & 255, number & 255)
        return INSTANCE.format(
            n=number, id=self.id, state=self.state, code=16 if self.state == "running" else 80, region=self.region, type=self.type, image=self.image, token=self.token,
            launched=LAUNCHED, dotted="%d.%d.%d" % parts, dashed="%d-%d-%d" % parts, mac="00:%02x:%02x:%02x" % parts,
            groups="".join(f"<item><groupId>{g}</groupId><groupName>group</groupName></item>" for g in self.groups),
            tags=tag_set(self.tags))


class Group:
    """A security group and its permissions."""

    def __init__(self, identifier, name, vpc, tags):
        self.id, self.name, self.vpc, self.tags = identifier, name, vpc, tags
        self.rules = set()

    def xml(self):
        ports = collections.defaultdict(list)
        for port, source in sorted(self.rules):
            ports[port].append(source)
        permissions = "".join(
            f"<item><ipProtocol>tcp</ipProtocol><fromPort>{port}</fromPort><toPort>{port}</toPort><groups/><ipRanges>"
            + "".join(f"<item><cidrIp>{s}</cidrIp></item>" for s in sources if ":" not in s) + "</ipRanges><ipv6Ranges>"
            + "".join(f"<item><cidrIpv6>{s}</cidrIpv6></item>" for s in sources if ":" in s)
            + "</ipv6Ranges><prefixListIds/></item>" for port, sources in ports.items())
        return (
            f"<item><ownerId>{ACCOUNT}</ownerId><groupId>{self.id}</groupId><groupName>{escape(self.name)}</groupName>"
            f"<groupDescription>of a benchmark</groupDescription><vpcId>{self.vpc}</vpcId>"
            f"<ipPermissions>{permissions}</ipPermissions><ipPermissionsEgress/><tagSet>{tag_set(self.tags)}</tagSet></item>")


class Query:
    """The form of an EC2 call."""

    def __init__(self, body):
        self.fields = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))

    def __getitem__(self, name):
        return self.fields.get(name, "")

    def numbered(self, prefix):
        """The values of prefix.1, prefix.2, …"""
        values = []
        while (value := self.fields.get(f"{prefix}.{len(values) + 1}")) is not None:
            values.append(value)
        return values

    def tags(self):
        """The tags of the first TagSpecification."""
        keys = self.count("TagSpecification.1.Tag", "Key")
        return {self[f"TagSpecification.1.Tag.{i}.Key"]: self[f"TagSpecification.1.Tag.{i}.Value"] for i in keys}

    def filters(self):
        return {self[f"Filter.{i}.Name"]: set(self.numbered(f"Filter.{i}.Value")) for i in self.count("Filter", "Name")}

    def count(self, prefix, member):
        index = 1
        while f"{prefix}.{index}.{member}" in self.fields:
            yield index
            index += 1


class Region:
    """What one region holds, in the order in which it came."""

    def __init__(self, name):
        self.name = name
        self.instances, self.groups, self.keys = [], [], []
        self.by_id, self.by_token = {}, {}


class AWS:
    """All of it, behind one lock: benchmarks measure the other side."""

    def __init__(self):
        self.lock = threading.Lock()
        self.regions, self.objects, self.keys = {}, {}, None
        self.counts = collections.Counter()
        self.made = 0

    def region(self, name):
        return self.regions.setdefault(name, Region(name))

    def identifier(self, kind):
        self.made += 1
        return f"{kind}-{self.made:017x}"

    def run(self, region, fields):
        known = region.by_token.get(fields["token"])
        if known:
            return known
        instance = Instance(region.name, self.identifier("i"), fields)
        region.instances.append(instance)
        region.by_id[instance.id] = region.by_token[instance.token] = instance
        return instance

    def ec2(self, region, query):
        action = query["Action"]
        handler = getattr(self, "do_" + action, None)
        if not handler:
            raise Refusal("InvalidAction", f"{action} is not canned")
        return f'<{action}Response xmlns="{NAMESPACE}">{handler(region, query)}</{action}Response>'

    def do_GetCallerIdentity(self, region, query):
        return (
            f"<GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/bench</Arn><UserId>bench</UserId>"
            f"<Account>{ACCOUNT}</Account></GetCallerIdentityResult>")

    def do_DescribeVpcs(self, region, query):
        return (
            "<vpcSet><item><vpcId>vpc-0000000000000beef</vpcId><state>available</state>"
            "<cidrBlock>10.0.0.0/8</cidrBlock><isDefault>true</isDefault></item></vpcSet>")

    def do_DescribeImages(self, region, query):
        return (
            "<imagesSet><item><imageId>ami-0000000000000beef</imageId><imageOwnerId>099720109477</imageOwnerId>"
            "<imageState>available</imageState><isPublic>true</isPublic><architecture>x86_64</architecture>"
            "<name>ubuntu</name><creationDate>2026-01-01T00:00:00.000Z</creationDate>"
            "<rootDeviceName>/dev/sda1</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/sda1</deviceName>"
            "<ebs><volumeSize>8</volumeSize></ebs></item></blockDeviceMapping></item></imagesSet>")

    def do_DescribeInstances(self, region, query):
        chosen, ids = region.instances, query.numbered("InstanceId")
        filters = query.filters()
        if not ids and set(filters) == {"instance-id"}:
            ids = [i for i in filters.pop("instance-id") if i in region.by_id]
            chosen = []
        if ids:
            if unknown := [i for i in ids if i not in region.by_id]:
                raise Refusal("InvalidInstanceID.NotFound", f"The instance ID '{unknown[0]}' does not exist")
            chosen = [region.by_id[i] for i in ids]
        return self.page("reservationSet", chosen, filters, query)

    def do_DescribeSecurityGroups(self, region, query):
        return self.page("securityGroupInfo", region.groups, query.filters(), query)

    def do_DescribeKeyPairs(self, region, query):
        return "<keySet/>"

    @staticmethod
    def page(name, items, filters, query):
        def passes(item):
            return all(AWS.value(item, key) in values for key, values in filters.items())

        if filters:
            items = [item for item in items if passes(item)]
        start, size = int(query["NextToken"] or 0), int(query["MaxResults"] or 1000)
        text = "".join(item.xml() for item in items[start:start + size])
        more = f"<nextToken>{start + size}</nextToken>" if start + size < len(items) else ""
        return f"<requestId>canned</requestId><{name}>{text}</{name}>{more}"

    @staticmethod
    def value(item, key):
        if key.startswith("tag:"):
            return item.tags.get(key[4:])
        name = {"instance-id": "id", "group-id": "id", "group-name": "name", "vpc-id": "vpc", "client-token": "token"}
        if key not in name:
            raise Refusal("InvalidParameterValue", f"the filter {key} is not canned")
        return getattr(item, name[key])

    def do_CreateSecurityGroup(self, region, query):
        group = Group(self.identifier("sg"), query["GroupName"], query["VpcId"], query.tags())
        region.groups.append(group)
        region.by_id[group.id] = group
        return f"<return>true</return><groupId>{group.id}</groupId>"

    def do_AuthorizeSecurityGroupIngress(self, region, query):
        group = region.by_id[query["GroupId"]]
        for i in query.count("IpPermissions", "FromPort"):
            permission = f"IpPermissions.{i}"
            for kind, member in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")):
                for j in query.count(f"{permission}.{kind}", member):
                    group.rules.add((int(query[f"{permission}.FromPort"]), query[f"{permission}.{kind}.{j}.{member}"]))
        return "<return>true</return>"

    def do_RunInstances(self, region, query):
        groups = query.numbered("SecurityGroupId") or query.numbered("NetworkInterface.1.SecurityGroupId")
        fields = {
            "type": query["InstanceType"], "image": query["ImageId"], "token": query["ClientToken"],
            "groups": groups, "tags": query.tags()}
        text = self.run(region, fields).xml()
        return re.sub("^<item>|</item>$", "", text)

    def do_StartInstances(self, region, query):
        return self.move(region, query, "running")

    def do_StopInstances(self, region, query):
        return self.move(region, query, "stopped")

    @staticmethod
    def move(region, query, state):
        changes = ""
        for identifier in query.numbered("InstanceId"):
            instance = region.by_id[identifier]
            changes += (
                f"<item><instanceId>{identifier}</instanceId><currentState><name>{state}</name></currentState>"
                f"<previousState><name>{instance.state}</name></previousState></item>")
            instance.state = state
        return f"<instancesSet>{changes}</instancesSet>"

    def make(self, count):
        """More running instances of no tags; gives the number of the first."""
        first = self.made + 1
        for number in range(count):
            self.run(self.region("eu-west-1"), {
                "type": "t3.medium", "image": "ami-0000000000000beef", "token": f"made-{first + number}",
                "groups": [], "tags": {}})
        return first

    def put_results(self, bucket, instances, each):
        """So many results of each instance, as if agents had sent them."""
        for name in instances:
            for number in range(each):
                self.objects[f"/{bucket}/streamer-data/{name}/output/screenshots/{number:06}.png"] = b"png!"
        self.keys = None

    def listing(self, bucket, query):
        """A page of ListObjectsV2, in the order of the keys' bytes."""
        if self.keys is None:
            self.keys = sorted(self.objects)
        start = f"/{bucket}/" + (query.get("continuation-token") or query.get("start-after") or query["prefix"])
        first = bisect.bisect_left(self.keys, start)
        if "continuation-token" in query or "start-after" in query:
            first = bisect.bisect_right(self.keys, start)
        prefix, page = f"/{bucket}/{query['prefix']}", []
        for key in itertools.islice(self.keys, first, first + 1001):
            if not key.startswith(prefix):
                break
            page.append(key)
        more = len(page) > 1000
        skip = len(bucket) + 2
        contents = "".join(
            f"<Contents><Key>{urllib.parse.quote(key[skip:])}</Key><LastModified>2026-11-25T10:00:00.000Z</LastModified>"
            f"<ETag>&quot;canned&quot;</ETag><Size>{len(self.objects[key])}</Size><StorageClass>STANDARD</StorageClass>"
            "</Contents>" for key in page[:1000])
        token = f"<NextContinuationToken>{page[999][skip:]}</NextContinuationToken>" if more else ""
        return (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{contents}</ListBucketResult>"
        ).encode()

    def s3(self, method, target, body):
        """Status, headers and body for an object or bucket."""
        parts = urllib.parse.urlsplit(target)
        path, query = urllib.parse.unquote(parts.path), dict(urllib.parse.parse_qsl(parts.query))
        if method == "GET" and "list-type" in query:
            self.counts["s3 LIST"] += 1
            return 200, b"", self.listing(path.strip("/"), query)
        if path.strip("/").count("/") == 0:
            return 200, b"", b""
        if method == "PUT":
            self.objects[path] = body
            self.keys = None
        known = self.objects.get(path)
        if known is None:
            return 404, b"", b"<Error><Code>NoSuchKey</Code><Message>There is none</Message></Error>"
        tag = b'ETag: "canned"\r\n'
        return 200, tag, known if method == "GET" else b""


class Handler(socketserver.StreamRequestHandler):
    """HTTP/1.1 as botfleet speaks it: kept connections, bodies with a length."""

    disable_nagle_algorithm = True
    rbufsize = 1 << 16

    def handle(self):
        while line := self.rfile.readline(65537):
            method, target, _ = line.decode("latin-1").split(" ", 2)
            headers = {}
            while (line := self.rfile.readline(65537)) not in (b"\r\n", b""):
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = self.rfile.read(int(headers.get("content-length", 0)))
            status, more, answer = self.answer(method, target, headers, body)
            text = STARTED % (status, b"OK" if status == 200 else b"Error", len(answer), more)
            self.wfile.write(text if method == "HEAD" else text + answer)

    def answer(self, method, target, headers, body):
        aws = self.server.aws
        with aws.lock:
            if target == "/_counts":
                return 200, b"", json.dumps(aws.counts).encode()
            if target == "/_reset":
                aws.counts.clear()
                return 200, b"", b""
            if target == "/_make":
                return 200, b"", str(aws.make(int(body))).encode()
            if target == "/_results":
                aws.put_results(**json.loads(body))
                return 200, b"", b""
            if target == "/_put":
                fields = json.loads(body)
                aws.s3("PUT", fields["path"], fields["text"].encode())
                return 200, b"", b""
            if target == "/_page":
                region = max(aws.regions.values(), key=lambda region: len(region.instances))
                return 200, b"", aws.ec2(region, Query(b"Action=DescribeInstances&MaxResults=1000")).encode()
            scope = re.search(r"Credential=[^/]*/\d+/([^/]+)/([^/]+)/", headers.get("authorization", ""))
            if not scope:
                return 403, b"", b"<Error><Code>AccessDenied</Code><Message>not signed</Message></Error>"
            region, service = scope.groups()
            if service == "s3":
                aws.counts[f"s3 {method}"] += 1
                return aws.s3(method, target, body)
            query = Query(body)
            aws.counts[query["Action"]] += 1
            try:
                return 200, b"", aws.ec2(aws.region(region), query).encode()
            except Refusal as refusal:
                text = f"<Error><Code>{refusal.code}</Code><Message>{escape(str(refusal))}</Message></Error>"
                wrapped = f"<Response><Errors>{text}</Errors><RequestID>canned</RequestID></Response>"
                return refusal.status, b"", wrapped.encode()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


def main():
    if len(sys.argv) not in (2, 4):
        sys.exit(__doc__)
    aws = AWS()
    for number in range(int(sys.argv[3]) if len(sys.argv) == 4 else 0):
        tags = {"Name": f"stranger-{number}", "Team": "others"}
        aws.run(aws.region("eu-west-1"), {
            "type": "t3.medium", "image": "ami-0000000000000cafe", "token": f"stranger-{number}",
            "groups": ["sg-0000000000000cafe"], "tags": tags})
    with Server(("127.0.0.1", 0), Handler) as server:
        server.aws = aws
        pathlib.Path(sys.argv[1]).write_text(str(server.server_address[1]))
        server.serve_forever()


if __name__ == "__main__":
    main()
