#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# peer-dma.sh PEER FUNCTION: the DMA engine of PEER copies a word from one place in BAR 2 of FUNCTION
# to another one, at the address that configuration space has. What was there before is put back.
set -eu

devices=/sys/bus/pci/devices
peer=$1
word=0x600dda7ac0ffee00

register() { # OFFSET BYTES, of configuration space
    od -An -tx"$2" -j "$1" -N "$2" "$devices/$function/config" | tr -d ' '
}

set_register() { # OFFSET WIDTH VALUE, of the control registers (docs/device.md)
    devmem $((control + $1)) "$2" "$3"
}

function=$peer
control=$(head -n 1 "$devices/$peer/resource" | cut -d ' ' -f 1)
command=$((0x$(register 4 1) | 4)) # Bus Master Enable
# shellcheck disable=SC2059 # one byte
printf "\\$(printf %03o "$command")" |
    dd of="$devices/$peer/config" bs=1 seek=4 conv=notrunc 2>/dev/null

function=$2
bar=$((0x$(register 24 8) & ~15))
from=$((bar + 0x100008))
to=$((bar + 0x200008))
from_before=$(devmem "$from" 64)
to_before=$(devmem "$to" 64)

devmem "$from" 64 "$word"
set_register 0x300 64 "$from" # DMA_SOURCE
set_register 0x308 64 "$to"   # DMA_DESTINATION
set_register 0x310 32 8       # DMA_LENGTH
set_register 0x31c 32 1       # DMA_COMMAND: one copy, done when the write returns
seen=$(devmem "$to" 64 | tr A-F a-f)
devmem "$from" 64 "$from_before"
devmem "$to" 64 "$to_before"

printf 'at 0x%x: wrote %s, read %s\n' "$bar" "$word" "$seen"
[ "$seen" = "$word" ]
