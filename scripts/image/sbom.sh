#!/usr/bin/env bash
# Lists what is in the image's node_modules, with versions, licences and digests, as CycloneDX JSON:
# scripts/image/sbom.sh [FILE], by default rotor.cdx.json. Reads the lockfile alone; needs no network.
set -euo pipefail
cd "$(dirname "$0")/../.."

file="${1:-rotor.cdx.json}"
npm sbom --sbom-format cyclonedx --package-lock-only --omit dev >"$file"
echo "$file"
