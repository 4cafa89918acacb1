# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# PCI in sysfs, for the other scripts here, which source it.

PCI=/sys/bus/pci
PROGRAM=${0##*/}

# stop_with STATUS MESSAGE: 1 it failed, 2 usage, 3 environment, 4 deadline passed
stop_with() {
    echo "$PROGRAM: $2" >&2
    exit "$1"
}

# One address form: "01:00.0" means domain 0
full_bdf() {
    case $1 in
    ????*:??:??.?) echo "$1" ;;
    ??:??.?) echo "0000:$1" ;;
    *) stop_with 2 "$1: not a function like 0000:01:00.0" ;;
    esac
}

function_present() {
    [ -e "$PCI/devices/$1" ]
}

require_function() {
    function_present "$1" || stop_with 3 "$1: no such function"
}

# Hundredths of a second since boot, for deadlines
now_cs() {
    read -r seconds _ </proc/uptime
    cs=${seconds#*.}
    echo $((${seconds%.*} * 100 + ${cs#0}))
}

# memory_decode_on BDF: Memory Space Enable of the Command register
memory_decode_on() {
    command=$(dd if="$PCI/devices/$1/config" bs=1 skip=4 count=1 2>/dev/null | od -An -tu1)
    [ $((command & 2)) -ne 0 ]
}

# Is there a function right below this bridge?
port_occupied() {
    for below in "$PCI/devices/$1"/????*:??:??.?; do
        [ -e "$below" ] && return 0
    done
    return 1
}

# write_attribute VALUE FILE: a shell's own echo may hide the kernel's errno, dd prints it
write_attribute() {
    printf '%s' "$1" | LC_ALL=C dd of="$2" bs=64 conv=notrunc 2>&1 >/dev/null | sed -n 's/.*: //p'
}
