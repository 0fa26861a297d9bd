#!/usr/bin/env bash
# Builds the image without a daemon, without a base image and without privileges: a static binary, root certificates,
# the characters. Needs Rust with its musl target (`rustup target add x86_64-unknown-linux-musl`), musl-tools, binutils, cmake,
# ca-certificates and buildah.
#
#   deploy/image/build.sh [NAME[:TAG]]        default: troupe
#   TROUPE_BINARY=PATH deploy/image/build.sh  takes a static binary that is there already
set -euo pipefail
cd "$(dirname "$0")/../.."

name=${1:-troupe}
target=$(uname -m)-unknown-linux-musl
certificates=/etc/ssl/certs/ca-certificates.crt

for need in buildah musl-gcc cmake readelf; do
    command -v "$need" >/dev/null || { echo "needs $need" >&2; exit 1; }
done
[ -r "$certificates" ] || { echo "needs $certificates: install ca-certificates" >&2; exit 1; }

binary=${TROUPE_BINARY:-}
if [ -z "$binary" ]; then
    # The linker stays the usual one: Rust brings musl's start files itself, and `musl-gcc` as a linker makes a program
    # that asks for an interpreter and crashes.
    env "CC_${target//-/_}=musl-gcc" cargo build --release --locked --bin troupe --target "$target"
    binary=${CARGO_TARGET_DIR:-target}/$target/release/troupe
fi
if readelf --program-headers "$binary" | grep -q INTERP; then
    echo "$binary is not static: nothing in the image would load its libraries" >&2
    exit 1
fi
"$binary" --version >/dev/null || { echo "$binary does not run" >&2; exit 1; }

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
root=$context/root
install -D -m 755 "$binary" "$root/usr/local/bin/troupe"
install -D -m 644 "$certificates" "$root/etc/ssl/certs/ca-certificates.crt"
install -d "$root/usr/share/troupe" "$root/etc"
cp -r agents "$root/usr/share/troupe/agents"
echo 'troupe:x:65532:65532::/var/lib/troupe:/sbin/nologin' >"$root/etc/passwd"
echo 'troupe:x:65532:' >"$root/etc/group"
install -d -m 777 "$root/var/lib/troupe"

# Nothing is run while it is built, so the strongest isolation that works everywhere is none at all.
buildah bud --isolation chroot --format oci --tag "$name" --file deploy/image/Dockerfile "$context"
