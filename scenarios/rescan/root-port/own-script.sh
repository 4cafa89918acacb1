#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Removes functions one by one, and rescans the bus of each while it is empty.
set -eu

for function; do
    port=$(readlink -f "/sys/bus/pci/devices/$function/..")
    echo 1 >"/sys/bus/pci/devices/$function/remove"
    for file in "$port"/pci_bus/*/rescan; do
        echo 1 >"$file"
    done
    echo "found again: $function"
done
