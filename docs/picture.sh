#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Draws a page as a browser of 1280 by 1500 pixels shows its beginning:
#	docs/picture.sh PAGE.html PICTURE.png
set -u
page=$(cd "$(dirname "$1")" && pwd)/$(basename "$1") || exit 1
browser=
for name in chromium chromium-browser google-chrome; do
	command -v $name >/dev/null 2>&1 && browser=$name && break
done
test -n "$browser" || { echo "picture: no browser found (Debian: apt-get install chromium)"; exit 1; }
profile=$(mktemp -d) || exit 1
trap 'rm -rf "$profile"' EXIT
"$browser" --headless --no-sandbox --disable-gpu --disable-background-networking \
	--disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" \
	--window-size=1280,1500 --screenshot="$2" "file://$page" >/dev/null 2>&1
test -s "$2" || { echo "picture: $browser made none of $1"; exit 1; }
# A palette is enough for a page; the picture becomes a third as large.
if command -v pngquant >/dev/null 2>&1; then
	pngquant --force --output "$2" 128 "$2"
fi
