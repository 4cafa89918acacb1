# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# The packages of packages.txt: are they there, and getting them. Sourced by the entry, which sets
# $root, the checkout, and $packages_stamp, a file whose time tells when all were last seen.

# No package was installed or removed since they were last seen to be all there.
packages_proven() {
    [ -f "${packages_stamp:?}" ] || return
    changed=$(find "${root:?}/harness/setup/packages.txt" /var/lib/dpkg/status \
        -newer "$packages_stamp" 2>/dev/null) || :
    [ -z "$changed" ]
}

check_packages() {
    # shellcheck disable=SC2046 # names of packages are words
    set -- $(missing_packages)
    if [ $# != 0 ]; then
        say "missing: $*"
        install_packages "$@"
        # shellcheck disable=SC2046
        set -- $(missing_packages)
        [ $# = 0 ] || die "still missing after the installation: $*"
    fi
    : >"$packages_stamp"
}

missing_packages() {
    if command -v dpkg-query >/dev/null; then
        missing_in_dpkg
    else
        missing_elsewhere
    fi
}

missing_in_dpkg() {
    wanted=$(sed 's/#.*//; s/ .*//' "$root/harness/setup/packages.txt")
    # shellcheck disable=SC2016,SC2086 # dpkg-query substitutes; names of packages are words
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
        sed -n 's/^installed //p') || :
    for package in $wanted; do
        printf '%s\n' "$installed" | grep -qxF "$package" || printf '%s\n' "$package"
    done
}

missing_elsewhere() {
    sed 's/#.*//' "$root/harness/setup/packages.txt" | while read -r package sign; do
        case $sign in
        command:*) command -v "${sign#*:}" >/dev/null || printf '%s\n' "$package" ;;
        module:*) pkg-config --exists "${sign#*:}" 2>/dev/null || printf '%s\n' "$package" ;;
        esac
    done
}

install_packages() {
    command -v apt-get >/dev/null || die "install them (Debian's names for them are above)"
    as_root=$(root_prefix) || die "to install them, type:" \
        "sudo apt-get install --no-install-recommends $*"
    say "installing them with apt"
    # Lists that cannot be renewed may still do; the installation tells.
    apt_as_root update || :
    apt_as_root install --no-install-recommends "$@" ||
        die "apt-get could not install them (its messages are above)"
}

apt_as_root() {
    # shellcheck disable=SC2086 # nothing, or sudo and its option
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" \
        </dev/null >&2
}

# Prints what to put before a command for root. Asks for a password only where somebody can type it.
root_prefix() {
    [ "$(id -u)" != 0 ] || return 0
    command -v sudo >/dev/null || return
    if sudo -n true 2>/dev/null </dev/null; then
        echo 'sudo -n'
    elif [ -z "${CI-}" ] && [ -t 0 ] && [ -t 2 ]; then
        echo sudo
    else
        return 1
    fi
}
