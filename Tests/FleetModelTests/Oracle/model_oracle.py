"""Judges values of FleetModel by Python's own: reads {"kind", ...} lines from a file, prints a line of JSON for each.

cidr: {"text"} -> the canonical network, {"host_bits": network} or null. instant: {"seconds"} -> RFC 3339 in UTC.
"""

import ipaddress
import json
import sys
from datetime import datetime, timedelta


def canonical(network):
    """RFC 5952 in hexadecimal groups throughout (later Pythons write IPv4-mapped addresses with dots)."""
    address = network.network_address
    if network.version == 4 or "." not in str(address):
        return str(network)
    mapped = int(address) & 0xFFFFFFFF
    return f"::ffff:{mapped >> 16:x}:{mapped & 0xFFFF:x}/{network.prefixlen}"


def cidr(text):
    address, _, prefix = text.partition("/")
    # Python also takes netmasks, zone ids and prefixes with leading zeros, which are no CIDR notation.
    if "%" in text or "/" in text and (not prefix.isdigit() or prefix != str(int(prefix))):
        return None
    try:
        network = ipaddress.ip_network(text, strict=False)
        if ipaddress.ip_address(address) != network.network_address:
            return {"host_bits": canonical(network)}
        return canonical(network)
    except ValueError:
        return None


def instant(seconds):
    return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


for line in open(sys.argv[1], encoding="utf-8"):
    case = json.loads(line)
    print(json.dumps(cidr(case["text"]) if case["kind"] == "cidr" else instant(case["seconds"])))
