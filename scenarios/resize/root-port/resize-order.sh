#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# resize-order.sh ORDER FUNCTION PORT BAR BYTES: what a boot tool does to give a BAR a size, in the
# order of the words of ORDER, which a + stands between.
set -eu

order=$1
function=$2
port=$3
bar=$4
bytes=$5
devices=/sys/bus/pci/devices

IFS=+
for word in $order; do
    case $word in
    off) barshift-guest decode "$function" off ;;
    size) barshift-guest size --decoding "$function" "$bar" "$bytes" || echo "not taken" ;;
    function) echo 1 >"$devices/$function/remove" ;;
    port) echo 1 >"$devices/$port/remove" ;;
    bus) for file in "$devices/$port"/pci_bus/*/rescan; do echo 1 >"$file"; done ;;
    rescan) echo 1 >/sys/bus/pci/rescan ;;
    *) echo "resize-order.sh: what is '$word'?" && exit 2 ;;
    esac
done
