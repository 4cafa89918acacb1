# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# The cache, sourced by the scripts which fill it. An entry is made in a work directory on the same
# file system and renamed into place when it is whole, so that no reader ever meets half of one.
# One lock serialises the makers; readers of a finished entry need none.
#
# The caller sets $program, the name that its messages begin with.

# shellcheck disable=SC2034 # read by the scripts that source this file
cache=${XDG_CACHE_HOME:-${HOME:?neither XDG_CACHE_HOME nor HOME is set}/.cache}
cache=$(readlink -m "$cache")/barshift
# Longer than any maker needs on a slow line; a wait without an end would hide a stuck one.
cache_lock_wait_s=900

say() {
    printf '%s: %s\n' "${program:?}" "$*" >&2
}

# Every failure here is one of the environment: exit status 3.
die() {
    say "$*"
    exit 3
}

# cache_open NAME NEED_MIB: takes the cache's lock for entries of kind NAME and makes an empty work
# directory, $work, for the entry. Both end with the calling script, however it ends; a signal sent
# to the script alone is acted on when the step under way has ended.
cache_open() {
    mkdir -p "$cache" || die "cannot create the cache $cache; set XDG_CACHE_HOME elsewhere"
    cache_lock "$1"
    cache_need_space "$2"
    # Left over by makers that were killed: nobody else can be at work, for the lock is ours.
    rm -rf "$cache/.work-$1".*
    trap cache_close EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    work=$(mktemp -d "$cache/.work-$1.XXXXXX")
    log=$work/log
}

cache_lock() {
    exec 9>"$cache/.lock-$1"
    flock -n 9 && return
    say "waiting for another set-up to finish"
    flock -w "$cache_lock_wait_s" 9 ||
        die "another set-up still holds $cache/.lock-$1 after $cache_lock_wait_s s; end it first"
}

cache_need_space() {
    free_mib=$(df -Pk "$cache" | awk 'NR == 2 { print int($4 / 1024) }')
    [ "${free_mib:-0}" -ge "$1" ] ||
        die "no space: $cache has ${free_mib:-0} MiB free, $1 MiB are needed for a short while;" \
            "free some or set XDG_CACHE_HOME elsewhere"
}

cache_close() {
    rm -rf "${work:?}"
}

# cache_publish FROM NAME: FROM, below $work, becomes the entry NAME.
cache_publish() {
    mkdir -p "$(dirname "$cache/$2")"
    mv -T "$1" "$cache/$2"
}

# logged WHAT COMMAND...: runs COMMAND, its output into the log, whose end is shown when it fails.
logged() {
    what=$1
    shift
    "$@" >"$log" 2>&1 </dev/null && return
    tail -n 15 "$log" | sed 's/^/    /' >&2
    die "$what failed (its last lines are above)"
}
