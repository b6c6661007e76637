#!/usr/bin/env python3
"""Writes a fleet repository of N deployment files of about 15 lines each, with users, regions, schedules and a bot.

    generate_fleet.py N DIR [--count C] [--running]

Deterministic: the same arguments give the same bytes. The fleet validates. DIR must not exist or be empty.

    --count C     C instances of every deployment, in place of 1 of nine and 3 of each tenth
    --running     every deployment wants its instances running at every hour of the week, so that a plan does not depend
                  on the time of day: a third by `state`, the rest by schedules that only start, or never stop
"""

import argparse
import pathlib
import sys

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Sydney", "America/Sao_Paulo", "UTC"]
REGIONS = ["eu-west-1", "us-east-2", "ap-southeast-2", "sa-east-1"]
POWERS = ["schedule: office-hours", "schedule: nights", "state: running", "schedule: quarters"]
ALWAYS_ON = ["state: running", "schedule: mornings", "schedule: round-the-clock"]
TYPES = ["t3.small", "t3.medium", "t3.large", "m7i.large"]

FLEET = """\
name: generated
aws:
  region: eu-west-1
  bucket: generated-bots
database:
  url: mysql://botfleet@127.0.0.1:3306/botfleet?tls=off
defaults: {instance_type: t3.medium, storage_gb: 32, ports: [22, 6002, 6080]}
prices: {t3.small: 0.0228, t3.medium: 0.0456, t3.large: 0.0912, m7i.large: 0.1124}
"""

SCRIPT = """\
/** ABOUT
{ "name": "page-watch", "description": "Watches a page", "icon": "fa-eye", "platform": "Web" }
*/
/** PARAMS
[ {"name": "username", "type": "string"},
  {"name": "password", "type": "password"},
  {"name": "url", "type": "url"},
  {"name": "speed", "type": "range", "range": "1-9"} ]
*/
require('node:fs').writeFileSync('output/json/done.json', '{}');
"""

BOT = """\
bot: page-watch
script: page-watch/page-watch.custom.js
"""

SCHEDULES = """\
name: office-hours
timezone: Europe/Berlin
week:
  - {days: mon-fri, start: "08:00", stop: "18:30"}
exceptions:
  - {dates: 2026-12-24..2026-12-26, state: stopped}
---
name: nights
week:
  - {days: [mon, tue, wed, thu, fri], start: "22:00", stop: "06:00"}
---
name: quarters
timezone: America/New_York
week:
  - {days: "mon#1", months: [jan, apr, jul, oct], start: "05:00", stop: "20:00"}
"""

ALWAYS = """\
name: mornings
timezone: Europe/Berlin
week:
  - {days: mon-fri, start: "08:00"}
---
name: round-the-clock
week:
  - {days: everyday, start: "00:00", stop: "12:00"}
  - {days: everyday, start: "12:00", stop: "24:00"}
"""


def region_text(name):
    image = '{owner: "099720109477", name: "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-*"}'
    return f"- {{name: {name}, limit: 1000000, default_image: {image}}}\n"


def user_text(index):
    return f"""\
- email: user{index:05}@example.com
  name: User {index}
  timezone: {ZONES[index % len(ZONES)]}
  region: {REGIONS[index % len(REGIONS)]}
  allowed_ips: [198.51.100.{index % 256}, 203.0.113.0/28]
"""


def deployment_text(index, users, count=None, powers=POWERS):
    power = powers[index % len(powers)]
    count = count or (1 if index % 10 else 3)
    return f"""\
# Made by Benchmarks/generate_fleet.py: deployment {index}.
name: watch-{index:06}x
user: user{index % users:05}@example.com
bot: page-watch
count: {count}
instance_type: [{TYPES[index % 4]}, {TYPES[(index + 1) % 4]}]
storage_gb: {32 + index % 3 * 16}
{power}
parameters:
  username: watcher-{index}
  password: {{ssm: /bots/watch/{index}/password}}
  url: "https://example.com/pages/{index}"
  speed: {1 + index % 9}
when_lost: {"restore" if index % 2 else "report"}
protect: {"true" if index % 100 == 0 else "false"}
"""


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("deployments", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int)
    parser.add_argument("--running", action="store_true")
    arguments = parser.parse_args()
    count, root = arguments.deployments, arguments.folder
    if root.exists() and any(root.iterdir()):
        parser.exit(1, f"{root} is not empty\n")
    deployments = root / "fleet" / "deployments"
    for folder in (deployments, root / "bots" / "page-watch", root / "schedules"):
        folder.mkdir(parents=True, exist_ok=True)
    users = max(1, count // 20)
    (root / "fleet" / "fleet.yaml").write_text(FLEET)
    (root / "fleet" / "regions.yaml").write_text("".join(map(region_text, REGIONS)))
    (root / "fleet" / "users.yaml").write_text("".join(user_text(index) for index in range(users)))
    (root / "bots" / "page-watch.yaml").write_text(BOT)
    (root / "bots" / "page-watch" / "page-watch.custom.js").write_text(SCRIPT)
    (root / "schedules" / "all.yaml").write_text(ALWAYS if arguments.running else SCHEDULES)
    powers = ALWAYS_ON if arguments.running else POWERS
    for index in range(count):
        text = deployment_text(index, users, arguments.count, powers)
        (deployments / f"watch-{index:06}.yaml").write_text(text)


if __name__ == "__main__":
    main()
