"""Checks what Swift says of time zones against Python's zoneinfo; prints each difference, nothing when there is none.

stdin: one zone a line, {"zone", "from", "until", "first": offset, "changes": [[at, offset], ...],
"locals": [[local as if UTC, instant], ...], "step": seconds}. Offsets are compared on both sides of each change and on a grid
between them; local times by zoneinfo's fold, and by a search for the end of the gap.
"""

import bisect
import json
import random
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1)
AWARE = EPOCH.replace(tzinfo=UTC)


def offset(zone, at):
    delta = (AWARE + timedelta(seconds=at)).astimezone(zone).utcoffset()
    return delta.days * 86400 + delta.seconds


def instant(zone, local):
    naive = EPOCH + timedelta(seconds=local)

    def utc(fold):
        delta = naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) - AWARE
        return delta.days * 86400 + delta.seconds
    first = utc(0)
    if first + offset(zone, first) == local:
        return first
    before, behind = utc(1), first
    while behind - before > 1:
        middle = (before + behind) // 2
        if middle + offset(zone, middle) < local:
            before = middle
        else:
            behind = middle
    return behind


def check(case, say):
    zone = ZoneInfo(case["zone"])
    times = [at for at, _ in case["changes"]]
    offsets = [case["first"]] + [after for _, after in case["changes"]]
    for index, at in enumerate(times):
        for moment, said in ((at - 1, offsets[index]), (at, offsets[index + 1])):
            if offset(zone, moment) != said:
                say(f"{case['zone']}: offset at {moment} is {offset(zone, moment)}, not {said}")
    chance = random.Random(case["zone"])
    for start in range(case["from"], case["until"], case["step"]):
        moment = start + chance.randrange(case["step"])
        said = offsets[bisect.bisect_right(times, moment)]
        if offset(zone, moment) != said:
            say(f"{case['zone']}: offset at {moment} is {offset(zone, moment)}, not {said}")
    for local, said in case["locals"]:
        if instant(zone, local) != said:
            say(f"{case['zone']}: local {EPOCH + timedelta(seconds=local)} is {instant(zone, local)}, not {said}")


for line in sys.stdin:
    check(json.loads(line), print)
