# shellcheck shell=bash
# Sourced by install.sh and collector/update-modules.sh: programs built from a published Go module.

# The checksum database lacks some of these modules, so sums are in this repository and in each module's own go.sum:
# every build below is -mod=readonly and fails on a module whose sum is missing or wrong.
export GOSUMDB=off GOWORK=off GOFLAGS='-mod=readonly -buildvcs=false'

# unpack_module PATH VERSION H1-SUM FOLDER: a writable copy of the module. `go install path@version` is no way out:
# it refuses a module with replace directives and ignores the module's go.sum.
unpack_module() {
  local module=$1 version=$2 sum=$3 folder=$4 answer got
  answer=$(cd / && go mod download -json "$module@$version")
  got=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["Sum"])' <<<"$answer")
  if [ "$got" != "$sum" ]; then
    echo "$module $version has the sum $got, not the pinned $sum" >&2
    return 1
  fi
  cp -r "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])' <<<"$answer")" "$folder"
  chmod -R u+w "$folder"
}

# build_collector_builder FOLDER: leaves the program FOLDER/builder/ocb.
build_collector_builder() {
  unpack_module go.opentelemetry.io/collector/cmd/builder v0.155.0 \
    h1:YtnuJjozO9wh84gVd9W/e5C6NsLLqbnBYavGBsCgZyw= "$1/builder"
  (cd "$1/builder" && nice -n 10 go build -ldflags='-s -w' -o ocb .)
}
