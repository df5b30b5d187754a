#!/usr/bin/env bash
# Builds rotor:VERSION-COMMIT7[-dirty] from the checked-out commit, and its SBOM. The build compares every
# file with the commit and rejects others; --allow-dirty accepts them and says so in the tag and in the
# image. --dry-run prints the steps only.
set -euo pipefail
cd "$(dirname "$0")/../.."

allow_dirty='' dry=''
for argument in "$@"; do
  case "$argument" in
    --allow-dirty) allow_dirty=1 ;;
    --dry-run) dry=1 ;;
    *) echo "usage: scripts/image/build.sh [--allow-dirty] [--dry-run]" >&2 && exit 2 ;;
  esac
done

changes="$(git status --porcelain)"
if [ -n "$changes" ] && [ -z "$allow_dirty" ]; then
  printf 'not committed:\n%s\n' "$changes" >&2
  echo "commit it, or build with --allow-dirty" >&2
  exit 1
fi

commit="$(git rev-parse HEAD)"
version="$(scripts/image/version.sh)"
dirty=''
[ -z "$changes" ] || dirty=true
tag="rotor:$version-${commit:0:7}${dirty:+-dirty}"

run() {
  echo "+ $*"
  [ -n "$dry" ] || "$@"
}

[ node_modules/.package-lock.json -nt package-lock.json ] || run npm ci
run scripts/image/commit-record.sh
run docker build --tag "$tag" \
  --build-arg "ROTOR_COMMIT=$commit" \
  --build-arg "ROTOR_VERSION=$version" \
  --build-arg "ROTOR_BUILT_AT=$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)" \
  --build-arg "ROTOR_DIRTY=$dirty" \
  .
run npm run --silent sbom -- "rotor-$version-${commit:0:7}${dirty:+-dirty}.cdx.json"
echo "$tag"
