#!/bin/sh
# Sets the agent up on a stock Ubuntu; run by cloud-init at the first boot, and harmless when it is run again.
set -eu
id -u botfleet-bot >/dev/null 2>&1 ||
    useradd --system --user-group --home-dir /var/lib/botfleet/home --shell /usr/sbin/nologin botfleet-bot
# The bot's service reads what the agent writes, and makes nothing there itself.
install -d -m 0755 /var/lib/botfleet /run/botfleet
systemctl daemon-reload
systemctl enable --now botfleet-agent.service botfleet-bot.service
