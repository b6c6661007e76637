"""What a schedule means, written from SPEC.md section 2 alone, to judge the Swift implementation by.

Deliberately plain and by other means: Python's zoneinfo for the clocks, a search for the end of a gap, and windows merged by
counting from instant to instant how many are open.

stdin: one case a line, {"zone", "schedule", "from", "until", "at": [...]}, times in seconds since 1970.
stdout: one answer a line, {"transitions": [[at, action], ...], "states": [...], "last": [...], "next": [...], "running": n}.
"""

import collections
import functools
import json
import sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
DAY = 86400
LOOKBACK = 800 * DAY
BLOCK = 40 * DAY
EPOCH = datetime(1970, 1, 1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@functools.lru_cache(maxsize=None)
def zone(name):
    return ZoneInfo(name)


def local_clock(name, seconds):
    """What clocks show at an instant, without a zone."""
    return (EPOCH + timedelta(seconds=seconds)).replace(tzinfo=UTC).astimezone(zone(name)).replace(tzinfo=None)


@functools.lru_cache(maxsize=1 << 20)
def to_instant(name, local):
    """The instant of a local time: its first occurrence, or the end of the gap that skips it."""
    def utc(fold):
        moment = local.replace(tzinfo=zone(name), fold=fold).astimezone(UTC).replace(tzinfo=None) - EPOCH
        return moment.days * DAY + moment.seconds
    first = utc(0)
    if local_clock(name, first) == local:
        return first
    # In a gap fold=1 reckons with the offset after the change, so that it lands before it, and fold=0 lands behind it.
    before, behind = utc(1), first
    assert local_clock(name, before) < local < local_clock(name, behind), (name, local)
    while behind - before > 1:
        middle = (before + behind) // 2
        if local_clock(name, middle) < local:
            before = middle
        else:
            behind = middle
    return behind


def minutes(text):
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def days_in_month(day):
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day


def picks_weekday(selector, day):
    name, _, which = selector.partition("#")
    if WEEKDAYS[day.weekday()] != name:
        return False
    if which == "":
        return True
    if which == "last":
        return (day + timedelta(days=7)).month != day.month
    weeks = int(which)
    return (day - timedelta(days=7 * (weeks - 1))).month == day.month != (day - timedelta(days=7 * weeks)).month


def entry_holds(entry, day):
    if not any(picks_weekday(selector, day) for selector in entry["days"]):
        return False
    if entry["months"] and day.month not in entry["months"]:
        return False
    if entry["monthdays"]:
        return any(day.day == (days_in_month(day) if n == "last" else int(n)) for n in entry["monthdays"])
    return True


class Oracle:
    def __init__(self, case):
        self.zone = case["zone"]
        self.week = case["schedule"]["week"]
        self.exceptions = []
        for exception in case["schedule"]["exceptions"]:
            begin = self.at(date.fromisoformat(exception["first"]), 0)
            end = self.at(date.fromisoformat(exception["last"]) + timedelta(days=1), 0)
            if begin < end:
                self.exceptions.append((begin, end, exception["state"]))
        self.days = {}
        self.blocks = {}

    def at(self, day, minute):
        return to_instant(self.zone, datetime(day.year, day.month, day.day) + timedelta(minutes=minute))

    def of_day(self, day):
        """The windows and the lone transitions that the entries give for a local day."""
        if day not in self.days:
            windows, alone = [], []
            for entry in self.week:
                if not entry_holds(entry, day):
                    continue
                start, stop = entry.get("start"), entry.get("stop")
                if start is not None and stop is not None:
                    begin, end = minutes(start), minutes(stop)
                    if end <= begin:
                        end += 24 * 60
                    windows.append((self.at(day, begin), self.at(day, end)))
                elif start is not None:
                    alone.append((self.at(day, minutes(start)), "start"))
                elif stop is not None:
                    alone.append((self.at(day, minutes(stop)), "stop"))
            self.days[day] = [w for w in windows if w[0] < w[1]], alone
        return self.days[day]

    def near(self, low, high):
        """Windows and lone transitions of all days that could reach [low, high], with days to spare."""
        windows, alone = [], []
        day = (EPOCH + timedelta(seconds=low)).date() - timedelta(days=7)
        last = (EPOCH + timedelta(seconds=high)).date() + timedelta(days=7)
        while day <= last:
            more_windows, more_alone = self.of_day(day)
            windows += more_windows
            alone += more_alone
            day += timedelta(days=1)
        return windows, alone

    def week_transitions(self, low, high):
        """low <= at < high, as {instant: action}; worked out by blocks of forty days, each once."""
        found = {}
        for number in range(low // BLOCK, (high - 1) // BLOCK + 1):
            if number not in self.blocks:
                self.blocks[number] = self.week_block(number * BLOCK, (number + 1) * BLOCK)
            found.update(self.blocks[number])
        return {at: action for at, action in found.items() if low <= at < high}

    def week_block(self, low, high):
        windows, alone = self.near(low, high)
        found = {}

        def note(at, action):
            if low <= at < high and found.get(at) != "stop":
                found[at] = action

        # How many windows are open, from instant to instant: running is "at least one".
        steps = collections.Counter()
        for begin, end in windows:
            steps[begin] += 1
            steps[end] -= 1
        depth = 0
        for at in sorted(steps):
            before, depth = depth, depth + steps[at]
            if before == 0 and depth > 0:
                note(at, "start")
            if before > 0 and depth == 0:
                note(at, "stop")
        for at, action in alone:
            note(at, action)
        return found

    def covers(self, at):
        return any(a <= at < b for a, b in self.near(at, at)[0])

    def look_back(self, at, transitions):
        """The last transition at or before an instant, 800 days back, ten days at a time."""
        high = at + 1
        while high > at - LOOKBACK:
            low = max(at - LOOKBACK, high - 10 * DAY)
            found = transitions(low, high)
            if found:
                last = max(found)
                return last, found[last]
            high = low
        return None

    def week_state(self, at):
        last = self.look_back(at, self.week_transitions)
        if last:
            return "running" if last[1] == "start" else "stopped"
        return "running" if self.covers(at) else None

    def transitions(self, low, high):
        found = {at: action for at, action in self.week_transitions(low, high).items()
                 if not any(begin <= at < end for begin, end, _ in self.exceptions)}
        for begin, end, state in self.exceptions:
            if state == "unmanaged":
                continue
            if low <= begin < high:
                found[begin] = "stop" if state == "stopped" else "start"
            if low <= end < high and not any(other == end for other, _, _ in self.exceptions):
                then = self.week_state(end)
                if then:
                    found[end] = "start" if then == "running" else "stop"
        return found

    def state(self, at):
        last = self.look_back(at, self.transitions)
        if last:
            return "running" if last[1] == "start" else "stopped"
        if any(begin <= at < end and state == "stopped" for begin, end, state in self.exceptions):
            return None
        if self.look_back(at, self.week_transitions) is None and self.covers(at):
            return "running"
        return None

    def next(self, at):
        """The first transition after an instant, 400 days ahead."""
        low = at + 1
        while low < at + 400 * DAY:
            found = self.transitions(low, low + 10 * DAY)
            if found:
                first = min(found)
                return [first, found[first]]
            low += 10 * DAY
        return None

    def running(self, low, high):
        """Seconds of [low, high) wanted running; the state changes at transitions, and where one's word is 800 days old."""
        edges = {low, high, *self.transitions(low, high)}
        last = self.look_back(low, self.transitions)
        if last and low < last[0] + LOOKBACK + 1 < high:
            edges.add(last[0] + LOOKBACK + 1)
        edges = sorted(edges)
        total = 0
        for a, b in zip(edges, edges[1:]):
            if self.state(a) == "running":
                total += b - a
        return total


def answer(case):
    oracle = Oracle(case)
    last = [oracle.look_back(at, oracle.transitions) for at in case["at"]]
    return {
        "transitions": [list(t) for t in sorted(oracle.transitions(case["from"], case["until"]).items())],
        "states": [oracle.state(at) for at in case["at"]],
        "last": [list(t) if t else None for t in last],
        "next": [oracle.next(at) for at in case["at"][:2]],
        "running": oracle.running(case["from"], case["until"]),
    }


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), separators=(",", ":")))
