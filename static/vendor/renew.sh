#!/bin/sh
# Fetch the front-end packages that packages.txt names; a changed version there gets its new sum.
set -eu
cd "$(dirname "$0")"
command -v npm >/dev/null || { echo "Install npm to renew the front-end packages."; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep '^#' packages.txt >"$work/packages.txt"
grep -v '^#' packages.txt | while read -r package version licence file _; do
  from="$work/$package@$version"
  if [ ! -d "$from" ]; then
    archive=$(cd "$work" && npm pack --silent "$package@$version")
    mkdir "$from"
    tar -xzf "$work/$archive" -C "$from" --strip-components=1
  fi
  mkdir -p "$(dirname "$file")"
  for folder in dist icons; do
    if [ -f "$from/$folder/$(basename "$file")" ]; then cp "$from/$folder/$(basename "$file")" "$file"; fi
  done
  cp "$from/LICENSE" "$(dirname "$file")/LICENSE"
  echo "$package $version $licence $file $(sha256sum "$file" | cut -d' ' -f1)" >>"$work/packages.txt"
done
mv "$work/packages.txt" packages.txt
cat packages.txt
