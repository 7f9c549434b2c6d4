#!/bin/sh
# Fetch the front-end packages that packages.txt names; a changed version there gets its new sum.
set -eu
cd "$(dirname "$0")"
command -v npm >/dev/null || { echo "Install npm to renew the front-end packages."; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep '^#' packages.txt >"$work/packages.txt"
grep -v '^#' packages.txt | while read -r package version licence file _; do
  archive=$(cd "$work" && npm pack --silent "$package@$version")
  tar -xzf "$work/$archive" -C "$work"
  mkdir -p "$(dirname "$file")"
  cp "$work/package/dist/$(basename "$file")" "$file"
  cp "$work/package/LICENSE" "$(dirname "$file")/LICENSE"
  echo "$package $version $licence $file $(sha256sum "$file" | cut -d' ' -f1)" >>"$work/packages.txt"
  rm -r "$work/package"
done
mv "$work/packages.txt" packages.txt
cat packages.txt
