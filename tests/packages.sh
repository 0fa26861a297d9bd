#!/bin/sh
# Installs what the tests need from the system's packages, as far as it is missing: `packages.sh postgresql chromium`.
# Without root or apt-get it says what to install.
set -eu

here() {
    case $1 in
    postgresql) [ -n "${TROUPE_TEST_PG_BIN:-}" ] || command -v initdb || ls /usr/lib/postgresql/*/bin/initdb ;;
    nodejs) command -v node ;;
    npm) command -v npm ;;
    chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
    *) false ;;
    esac >/dev/null 2>&1
}

install() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "the tests need $1: install that package (Debian, Ubuntu: apt-get install $1)" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    if [ "$1" = postgresql ]; then
        # The package would make a server of its own, which nobody here needs.
        apt-get install -qq postgresql-common
        sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    fi
    apt-get install -qq --no-install-recommends "$1"
}

for package in "$@"; do
    here "$package" || install "$package" >&2
done
