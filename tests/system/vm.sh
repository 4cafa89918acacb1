# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the system tests in shell share, sourced by them with the runner as the first argument.
# Every run has a TMPDIR of its own, by which its processes and files are known.

# shellcheck disable=SC2034 # read by the tests
runner=$(readlink -f "$1")
kernel=${BARSHIFT_KERNEL-}
# shellcheck source=tests/setup/tap.sh
. "$(dirname "$0")/../setup/tap.sh"

if [ -z "$kernel" ]; then
    echo '1..0 # SKIP no kernel: set BARSHIFT_KERNEL, or start the tests with ./barshift test'
    exit 0
fi

# run ARGUMENT...: the runner with a kernel and a TMPDIR, under TCG, which runs everywhere.
run() {
    mkdir -p tmp
    TMPDIR="$dir/tmp" BARSHIFT_KERNEL="${chosen_kernel-$kernel}" "$runner" run --accel tcg "$@"
}

# catalogued SCENARIO: its file.
catalogued() {
    find "$root/scenarios" -name "$1.ini"
}

# changed SCENARIO SED_SCRIPT: one of the catalogue, changed, as SCENARIO.ini in the directory.
changed() {
    sed "$2" "$(catalogued "$1")" >"$1.ini"
    if cmp -s "$(catalogued "$1")" "$1.ini"; then
        echo "$1: nothing was changed by $2"
        return 1
    fi
}

# Processes that have the TMPDIR of this test on their command line; the pattern is in a file so
# that grep does not find itself.
processes() {
    printf '%s\n' "$dir/tmp" >pattern
    grep -lFf pattern /proc/[0-9]*/cmdline 2>/dev/null || true
}

# expect_no_process: none is left, or the last one goes within two seconds.
expect_no_process() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -n "$(processes)" ] || return 0
        sleep 0.2
    done
    expect_equal "$(processes)" ''
}

# expect_clean: neither a process nor a file of the run is left.
expect_clean() {
    expect_equal "$(processes)" ''
    expect_equal "$(ls -A tmp)" ''
}

# expect_one_message TEXT...: one message on standard error, and these texts in it.
expect_one_message() {
    expect_equal "$(grep -c '^barshift: ' stderr)" 1
    expect_in stderr "$@"
}

# expect_error STATUS TEXT ARGUMENT...: run ARGUMENT ends so, for this reason, and leaves nothing.
expect_error() {
    expected_error=$1
    expected_text=$2
    shift 2
    expect_status "$expected_error" run "$@"
    expect_one_message "$expected_text"
    expect_clean
}
