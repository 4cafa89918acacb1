#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# in-power-state.sh BDF STATE: is a function in that state, PCIe r6.0, sec 7.5.2.2?
set -eu

config=/sys/bus/pci/devices/$1/config
byte() {
    dd if="$config" bs=1 skip="$1" count=1 2>/dev/null | od -An -tu1 | tr -d ' '
}

offset=$(byte 52)
while [ "$(byte "$offset")" -ne 1 ]; do
    offset=$(byte $((offset + 1)))
done
[ $(($(byte $((offset + 4))) & 3)) -eq "$2" ]
