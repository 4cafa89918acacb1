#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# buses-behind.sh BRIDGE N: as many buses are right behind the bridge.
set -eu

found=0
for bus in /sys/bus/pci/devices/"$1"/pci_bus/*; do
    [ ! -e "$bus" ] || found=$((found + 1))
done
echo "buses behind $1: $found"
[ "$found" -eq "$2" ]
