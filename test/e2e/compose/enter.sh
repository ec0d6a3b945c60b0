#!/bin/sh
# enter.sh ROOT USER FOLDER [SOURCE:TARGET:ro|rw]… -- COMMAND…
# What a container is as far as its files go: COMMAND runs as USER in a root of its own, in which there are the system's
# libraries, /image/bin and the mounts, and nothing else. To be run in a mount namespace of its own, which forgets it all.
set -eu
root=$1 user=$2 folder=$3
shift 3

mount -t tmpfs -o mode=755 image "$root"
mkdir -p "$root/usr" "$root/dev" "$root/proc" "$root/etc" "$root/image/bin"
mkdir -m 1777 "$root/tmp"
mount --bind -o ro /usr "$root/usr"
for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"

while [ "$1" != -- ]; do
  source=${1%%:*} rest=${1#*:}
  target=$root${rest%:*} mode=${rest##*:}
  if [ -d "$source" ]; then
    mkdir -p "$target"
  else
    mkdir -p "${target%/*}"
    : >"$target"
  fi
  mount --bind -o "$mode" "$source" "$target"
  shift
done
shift

chroot=$(command -v chroot)
export PATH=/image/bin
exec "$chroot" --userspec="$user" --groups= "$root" /usr/bin/env -u PWD -C "$folder" "$@"
