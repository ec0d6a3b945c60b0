#!/usr/bin/env bash
# Rewrites go.mod and go.sum for manifest.yaml. Run it after a change of the manifest and check the differences.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../go-module.sh
source "$here/../go-module.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build_collector_builder "$work"
cp -r "$here/manifest.yaml" "$here/googleclientauth" "$work/"
cd "$work"
export GOFLAGS='-mod=mod -buildvcs=false'
# Its tidy step fails on modules that only the components' tests need; go.mod is written anyway.
builder/ocb --config manifest.yaml --skip-compilation || echo 'the builder stopped at its tidy step, as expected'
cd build
go list -deps . >/dev/null
go mod edit -replace quipu.test/googleclientauth=../googleclientauth # the builder writes an absolute path
cp go.mod go.sum "$here/"
