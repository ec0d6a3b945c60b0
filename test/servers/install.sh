#!/usr/bin/env bash
# Installs the real servers and parsers that the tests talk to, beside the system, from package registries only.
#
#   install.sh [PIECE…]     no name: all of them
#
#   prometheus        Prometheus 3 and promtool
#   collector         the OpenTelemetry Collector, with what the tests configure
#   sloth             Sloth, which generates burn-rate alerts from an objective, as Quipu does
#   victoriametrics   VictoriaMetrics
#   compose           docker compose, which reads a compose file without a Docker
#   manifests         Kubernetes' validation of objects, without a cluster (kubernetes/main.go)
#   busybox           the programs of small images, as health checks run them
#   python            the strict parsers of metrics pages
#   redis             Debian's Redis, installed on the system where it is missing (needs root)
#   chromium          Debian's Chromium, installed on the system where it is missing (needs root)
#
# They go to $QUIPU_SERVERS, by default ~/.cache/quipu/servers. A piece that is installed in the right version is skipped,
# so a second run takes no time. Cold, on two cores: Prometheus five minutes, Collector, Sloth, Compose and manifests two
# to three each, the others seconds; 15 in all, twice as long beside other work.
# Needs Debian 12 or newer with Go >= 1.25 and Python 3.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=${QUIPU_SERVERS:-$HOME/.cache/quipu/servers}
# shellcheck source=go-module.sh
source "$here/go-module.sh"

prometheus_version=v0.308.0 # the Go module's number for Prometheus 3.8.0
prometheus_sum=h1:kVh/5m1n6m4cSK9HYTDEbMxzuzCWyEdPdKSxFRxXj04=
sloth_version=v0.16.0
sloth_sum=h1:3CpcWE0H0Ixe60b+DnBAfdiusnuNm8+t1MIGkksfsuQ=
operator_version=v0.85.0 # as in kubernetes/go.mod; the proxy does not serve the next ones
operator_sum=h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=
compose_version=v2.40.3
compose_sum=h1:XeYkQu1svDtyfZPv5nTwFryQ25ZJMkIlc4pz9HalMPI=
debian_suite=trixie # bookworm's VictoriaMetrics has no OTLP; sid's versions vanish
all=(prometheus collector sloth victoriametrics compose manifests busybox python redis chromium)

# Each install_* function writes the finished piece into the folder $1 and may use the folder $2 for its work.
# Debian's own Prometheus has the OTLP receiver removed, hence a build.
install_prometheus() {
  unpack_module github.com/prometheus/prometheus "$prometheus_version" "$prometheus_sum" "$2/prometheus"
  cd "$2/prometheus"
  local version program
  version=$(cat VERSION)
  for program in prometheus promtool; do
    nice -n 10 go build -tags remove_all_sd,netgo -o "$1/$program" \
      -ldflags="-s -w -X github.com/prometheus/common/version.Version=$version" "./cmd/$program"
  done
}

install_sloth() {
  unpack_module github.com/slok/sloth "$sloth_version" "$sloth_sum" "$2/sloth"
  cd "$2/sloth"
  nice -n 10 go build -trimpath -o "$1/sloth" \
    -ldflags="-s -w -X github.com/slok/sloth/internal/info.Version=$sloth_version" ./cmd/sloth
}

# The builder writes the Go sources. go.mod and go.sum are ours, because its own `go mod tidy` requires modules that only
# the components' tests need and that the proxy does not serve.
install_collector() {
  build_collector_builder "$2"
  cp -r "$here/collector/manifest.yaml" "$here/collector/googleclientauth" "$2/"
  (cd "$2" && builder/ocb --config manifest.yaml --skip-get-modules --skip-compilation)
  cp "$here/collector/go.mod" "$here/collector/go.sum" "$2/build/"
  (cd "$2/build" && nice -n 10 go build -trimpath -ldflags='-s -w' -o "$1/otelcol" .)
}

install_compose() {
  unpack_module github.com/docker/compose/v2 "$compose_version" "$compose_sum" "$2/compose"
  cd "$2/compose"
  nice -n 10 go build -trimpath -o "$1/docker-compose" \
    -ldflags="-s -w -X github.com/docker/compose/v2/internal.Version=$compose_version" ./cmd
}

install_manifests() {
  unpack_module github.com/prometheus-operator/prometheus-operator "$operator_version" "$operator_sum" "$2/operator"
  cp "$2/operator/example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml" "$1/servicemonitors.yaml"
  cd "$here/kubernetes"
  nice -n 10 go build -trimpath -ldflags='-s -w' -o "$1/manifests" .
}

install_victoriametrics() {
  unpack_debian victoria-metrics "$2"
  cp "$2/unpacked/usr/bin/victoria-metrics" "$1/"
  cp "$2/version" "$1/" # the program itself does not know it
}

install_busybox() {
  unpack_debian busybox-static "$2"
  # Debian 13 has merged /usr, and its packages may contain either path.
  cp "$(find "$2/unpacked" -type f -name busybox -perm -u+x)" "$1/"
}

install_python() {
  python3 -m venv "$1"
  "$1/bin/python" -m pip install --quiet --no-deps --require-hashes -r "$here/requirements.txt"
}

# A browser needs a hundred libraries of the system, so it is installed there.
install_chromium() {
  if ! command -v chromium; then
    apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends chromium
  fi
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v chromium)" >"$1/chromium"
  chmod +x "$1/chromium"
}

install_redis() {
  if ! command -v redis-server; then
    apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends redis-server
  fi
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$(command -v redis-server)" >"$1/redis-server"
  chmod +x "$1/redis-server"
}

# unpack_debian PACKAGE FOLDER: leaves FOLDER/unpacked and FOLDER/version. From a newer Debian than the machine's, without
# touching the system: own lists, own cache, the same keyring, and the mirror that the machine's own apt configuration names.
unpack_debian() {
  local package=$1 folder=$2 codename mirror options
  codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  # shellcheck disable=SC2016 # apt's own placeholders
  mirror=$(apt-get indextargets --format '$(CREATED_BY) $(RELEASE) $(REPO_URI)' |
    awk -v release="$codename" '$1 == "Packages" && $2 == release && !found { found = 1; print $3 }')
  if [ -z "$mirror" ]; then
    echo "apt on this machine names no Debian mirror for $codename" >&2
    return 1
  fi
  mkdir -p "$folder"/{lists,archives}/partial "$folder/parts" "$folder/package"
  touch "$folder/status"
  printf 'deb [signed-by=%s] %s %s main\n' \
    /usr/share/keyrings/debian-archive-keyring.gpg "$mirror" "$debian_suite" >"$folder/sources.list"
  options=(-q -o APT::Sandbox::User=root -o Acquire::Languages=none
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
    -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts="$folder/parts"
    -o Dir::State::lists="$folder/lists" -o Dir::State::status="$folder/status"
    -o Dir::Cache="$folder" -o Dir::Cache::archives="$folder/archives")
  apt-get "${options[@]}" update
  (cd "$folder/package" && apt-get "${options[@]}" download "$package")
  dpkg -x "$folder"/package/*.deb "$folder/unpacked"
  dpkg-deb --field "$folder"/package/*.deb Version >"$folder/version"
}

# The sources of a piece: when these change, the piece is installed again.
wanted() {
  case $1 in
    prometheus) echo "$prometheus_version $prometheus_sum" ;;
    collector) cat "$here"/collector/{manifest.yaml,go.mod,go.sum,googleclientauth/*} | sha256sum ;;
    sloth) echo "$sloth_version $sloth_sum" ;;
    compose) echo "$compose_version $compose_sum" ;;
    manifests) (cat "$here"/kubernetes/{main.go,go.mod,go.sum} && echo "$operator_sum") | sha256sum ;;
    victoriametrics | busybox) echo "$debian_suite" ;;
    python) sha256sum <"$here/requirements.txt" ;;
    redis) command -v redis-server || echo 'none yet' ;;
    chromium) command -v chromium || echo 'none yet' ;;
  esac
}

version_of() {
  case $1 in
    prometheus) for program in prometheus promtool; do "$root/prometheus/$program" --version 2>&1 | sed -n 's/,* (branch.*//p'; done ;;
    collector) "$root/collector/otelcol" --version ;;
    sloth) echo "sloth $("$root/sloth/sloth" version 2>/dev/null)" ;;
    compose) "$root/compose/docker-compose" version ;;
    manifests) echo "manifests of Kubernetes $(sed -n 's#^\tk8s.io/kubernetes ##p' "$here/kubernetes/go.mod")" ;;
    redis) "$root/redis/redis-server" --version ;;
    chromium) "$root/chromium/chromium" --version 2>/dev/null ;;
    busybox) "$root/busybox/busybox" | sed -n '1s/ (.*//p' ;;
    victoriametrics) echo "victoria-metrics $(cat "$root/victoriametrics/version")" ;;
    python) "$root/python/bin/python" -c 'from importlib.metadata import version; import sys
print("python", sys.version.split()[0], "with prometheus_client", version("prometheus_client"))' ;;
  esac
}

install_piece() {
  local piece=$1 folder="$root/$1" log="$root/$1.log" started=$SECONDS work code try
  if [ "$(cat "$folder/.wanted" 2>/dev/null)" = "$(wanted "$piece")" ]; then
    echo "$piece: already installed"
    return
  fi
  echo "$piece: installing (output in $log)"
  # Once more after a failure: registries sometimes close connections, and fetched and built parts are kept.
  for try in 1 2; do
    work=$(mktemp -d "$root/.work-XXXXXX")
    mkdir "$work/done" "$work/work"
    # Neither `if (…)` nor `… && …`: bash ignores -e inside both.
    set +e
    (
      set -e
      "install_$piece" "$work/done" "$work/work"
      wanted "$piece" >"$work/done/.wanted"
    ) >"$log" 2>&1
    code=$?
    set -e
    if [ $code = 0 ] || [ "$try" = 2 ]; then break; fi
    echo "$piece: failed after $((SECONDS - started)) s, once more; the end of $log:" >&2
    tail -5 "$log" >&2
    rm -rf "$work"
  done
  if [ $code = 0 ]; then
    rm -rf "$folder"
    mv "$work/done" "$folder"
    echo "$piece: installed in $((SECONDS - started)) s"
  else
    echo "$piece: FAILED after $((SECONDS - started)) s, the end of $log:" >&2
    tail -25 "$log" >&2
    failed+=("$piece")
  fi
  rm -rf "$work"
}

pieces=("$@")
if [ $# = 0 ]; then pieces=("${all[@]}"); fi
for piece in "${pieces[@]}"; do
  if [ -z "$(wanted "$piece")" ]; then
    echo "unknown piece: $piece (there are ${all[*]})" >&2
    exit 2
  fi
done

mkdir -p "$root"
exec 9>"$root/.lock"
flock 9 # two installs at once would do the work twice
rm -rf "$root"/.work-* # of a run that was ended
failed=()
for piece in "${pieces[@]}"; do install_piece "$piece"; done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
for piece in "${pieces[@]}"; do version_of "$piece"; done
