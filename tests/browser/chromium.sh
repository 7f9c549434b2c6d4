#!/bin/sh
# Print the path of a Chromium, installing one with the system's package manager if there is none.
# The headless shell is Chromium without a desktop's window: pages are the same, and open twice as fast.
find_one() {
  for name in "${CHROMIUM:-}" chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  mac="/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  [ -x "$mac" ] && echo "$mac"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_one() {
  if command -v apt-get; then
    as_root apt-get update
    as_root apt-get install -y chromium-headless-shell fonts-liberation || as_root apt-get install -y chromium fonts-liberation
  elif command -v dnf; then as_root dnf install -y chromium
  elif command -v pacman; then as_root pacman -S --noconfirm chromium
  elif command -v apk; then as_root apk add chromium font-liberation
  else return 1
  fi
}

find_one && exit 0
echo "Installing Chromium for the browser tests …" >&2
install_one >/dev/null 2>&1
find_one && exit 0
echo "The browser tests need Chromium: install the package “chromium”, or set CHROMIUM to a browser's path." >&2
exit 1
