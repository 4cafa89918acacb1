#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# reset-keeps-size.sh PORT: Secondary Bus Reset by hand, bit 6 of Bridge Control (0x3e).
set -eu

config=/sys/bus/pci/devices/$1/config
control=$(dd if="$config" bs=1 skip=62 count=1 2>/dev/null | od -An -tu1)

# write_control NUMBER
write_control() {
    printf %b "\\0$(printf %o "$1")" | dd of="$config" bs=1 seek=62 conv=notrunc 2>/dev/null
}

write_control $((control | 64))
sleep 0.01
write_control $((control & ~64))
sleep 0.1
