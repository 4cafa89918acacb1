#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# secondary-bus-reset.sh PORT: resets all below a port past the kernel, which saves nothing of it.
set -eu

config=/sys/bus/pci/devices/$1/config
bridge_control=62
reset=64

byte() {
    # shellcheck disable=SC2059 # one byte
    printf "\\$(printf %03o "$1")" | dd of="$config" bs=1 seek=$bridge_control conv=notrunc 2>/dev/null
}

before=$(od -An -tu1 -j $bridge_control -N 1 "$config" | tr -d ' ')
byte $((before | reset))
byte "$before"
echo "all below $1 was reset"
