# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Shell tests as TAP, sourced by them. A test is a function, run by `tap_case` in a directory of its
# own, $dir, with $dir/bin first in PATH, so that a fake takes the place of any command, and with an
# empty cache. A test fails at its first command that fails.

# shellcheck disable=SC2034 # read by the tests
root=$(readlink -f "$(dirname "$0")/../..")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' HUP INT TERM
tap_number=0
tap_status=0

# tap_case NAME FUNCTION
tap_case() {
    tap_number=$((tap_number + 1))
    dir=$scratch/$tap_number
    mkdir -p "$dir/bin" "$dir/cache"
    (
        set -eu
        cd "$dir"
        export PATH="$dir/bin:$PATH" HOME="$dir" XDG_CACHE_HOME="$dir/cache"
        unset BARSHIFT_BUILD BARSHIFT_KERNEL BARSHIFT_MODULES
        "$2"
    ) >"$dir/output" 2>&1 </dev/null
    # Tested apart, for in a condition `set -e` would be without effect in the test.
    # shellcheck disable=SC2181
    if [ $? = 0 ]; then
        echo "ok $tap_number - $1"
    else
        echo "not ok $tap_number - $1"
        sed 's/^/# /' "$dir/output"
        tap_status=1
    fi
}

# tap_skip NAME REASON
tap_skip() {
    tap_number=$((tap_number + 1))
    echo "ok $tap_number - $1 # SKIP $2"
}

tap_done() {
    echo "1..$tap_number"
    exit "$tap_status"
}

# fake NAME: standard input becomes the command NAME.
fake() {
    { echo '#!/bin/sh' && cat; } >"$dir/bin/$1"
    chmod +x "$dir/bin/$1"
}

# expect_status STATUS COMMAND...: leaves what it wrote in stdout and stderr.
expect_status() {
    expected=$1
    shift
    status=0
    "$@" >stdout 2>stderr || status=$?
    [ "$status" = "$expected" ] && return
    echo "exit status of $*: $status, expected $expected; it wrote:"
    cat stdout stderr
    return 1
}

# expect_in FILE TEXT...
expect_in() {
    file=$1
    shift
    for text; do
        grep -qF -e "$text" "$file" && continue
        echo "not in $file: '$text'; there is:"
        cat "$file"
        return 1
    done
}

# expect_equal ACTUAL EXPECTED
expect_equal() {
    [ "$1" = "$2" ] && return
    echo "'$1', expected '$2'"
    return 1
}

# expect_nothing_left: neither a work directory nor an entry in the cache, only locks.
expect_nothing_left() {
    left=$(find cache -mindepth 2 ! -name '.lock-*')
    expect_equal "$left" ''
}
