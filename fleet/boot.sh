#!/usr/bin/env bash
# A fleet's boot script for a stock Ubuntu 22.04 or 24.04: node 22 and Google Chrome, from their makers' signed archives.
# Runs once as root on each new instance; harmless when it runs again.
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
keys=/etc/apt/keyrings
install -d -m 0755 "$keys"

# A new machine updates itself first: what holds apt's lock is waited for.
get() { apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -y "$@"; }
key() { curl --fail --silent --show-error --location --retry 5 "$2" | gpg --dearmor --yes --output "$keys/$1.gpg"; }

get update
get install --no-install-recommends ca-certificates curl gnupg

key nodesource https://deb.nodesource.com/gpgkey/nodesource-repo.gpg.key
echo "deb [signed-by=$keys/nodesource.gpg] https://deb.nodesource.com/node_22.x nodistro main" \
    >/etc/apt/sources.list.d/nodesource.list
# Ubuntu's own chromium is a snap, which a service's user without a home can't run.
key google https://dl.google.com/linux/linux_signing_key.pub
echo "deb [arch=amd64 signed-by=$keys/google.gpg] https://dl.google.com/linux/chrome/deb/ stable main" \
    >/etc/apt/sources.list.d/google-chrome.list

get update
get install --no-install-recommends nodejs google-chrome-stable fonts-liberation fonts-noto-color-emoji
node --version
google-chrome-stable --version
