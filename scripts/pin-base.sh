#!/usr/bin/env bash
# Pins each image's version to its digest, in Dockerfile and compose.yaml: `node:24.21.0-…` becomes
# `node:24.21.0-…@sha256:…`. Existing digests are looked up again. Needs a network, and docker with buildx
# or else curl. --dry-run prints and writes nothing. Idempotent.
set -euo pipefail
cd "$(dirname "$0")/.."

dry=''
case "${1:-}" in
  '') ;;
  --dry-run) dry=1 ;;
  *) echo "usage: scripts/pin-base.sh [--dry-run]" >&2 && exit 2 ;;
esac

# Digest of the list of all platforms, so that the same line builds on each of them.
digest_of() {
  if docker buildx version >/dev/null 2>&1; then
    docker buildx imagetools inspect "$1" --format '{{.Manifest.Digest}}' 2>/dev/null && return
  fi
  local name="${1%%:*}" tag="${1#*:}" token
  case "$name" in */*) ;; *) name="library/$name" ;; esac
  token="$(curl -fsS --max-time 20 \
    "${ROTOR_AUTH:-https://auth.docker.io}/token?service=registry.docker.io&scope=repository:$name:pull" |
    sed -n 's/.*"token" *: *"\([^"]*\)".*/\1/p')" || return 1
  curl -fsS --max-time 20 --head \
    --header "Authorization: Bearer $token" \
    --header 'Accept: application/vnd.oci.image.index.v1+json' \
    --header 'Accept: application/vnd.docker.distribution.manifest.list.v2+json' \
    "${ROTOR_REGISTRY:-https://registry-1.docker.io}/v2/$name/manifests/$tag" |
    tr -d '\r' | sed -n 's/^[Dd]ocker-[Cc]ontent-[Dd]igest: *//p'
}

images() {
  sed -n 's/^FROM \([a-z][^ :]*:[^ @]*\).*/\1/p' Dockerfile
  sed -n 's/^ *image: \([a-z][^ :]*:[^ @]*\).*/\1/p' compose.yaml
}

# All lookups first: a partly pinned file would be worse than an unpinned one.
pins=()
for image in $(images | sort -u); do
  digest="$(digest_of "$image")" || digest=''
  if ! [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]]; then
    echo "pin-base: no digest for $image: the registry was not reached, or has no such version" >&2
    echo "pin-base: nothing was changed" >&2
    exit 1
  fi
  echo "$image@$digest"
  pins+=("$image@$digest")
done
[ -z "$dry" ] || exit 0

for pin in "${pins[@]}"; do
  image="${pin%@*}"
  for file in Dockerfile compose.yaml; do
    sed -E "s#${image//./\\.}(@sha256:[0-9a-f]{64})?( |\$)#$pin\\2#" "$file" >"$file.part"
    if cmp -s "$file.part" "$file"; then rm "$file.part"; else mv "$file.part" "$file"; fi
  done
done
