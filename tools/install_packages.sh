#!/usr/bin/env bash
# Install the system packages that tests and `make prod-try` need and that are missing. Only as root on Debian or Ubuntu.
set -eu
packages=(chromium chromium docker-compose docker-compose java default-jre-headless caddy caddy pgbouncer pgbouncer
  redis-server redis-server age age)
PATH="$PATH:/usr/sbin"
missing=()
for ((n = 0; n < ${#packages[@]}; n += 2)); do
  command -v "${packages[n]}" >/dev/null || missing+=("${packages[n + 1]}")
done
[ "${#missing[@]}" = 0 ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. Install them first." >&2
  exit 1
fi
# Services that come with the packages are not started: the project starts its own.
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d.new && chmod +x /usr/sbin/policy-rc.d.new
if [ ! -e /usr/sbin/policy-rc.d ]; then
  mv /usr/sbin/policy-rc.d.new /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
rm -f /usr/sbin/policy-rc.d.new
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
