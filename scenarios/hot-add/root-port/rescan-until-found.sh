#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rescan-until-found.sh PORT: rescans the whole system until something is below PORT. The shell does
# all of it by itself, for a process that it starts would take longer than the hotplug driver.
set -eu

rescans=0
found=
while [ -z "$found" ]; do
    echo 1 >/sys/bus/pci/rescan
    rescans=$((rescans + 1))
    for below in "/sys/bus/pci/devices/$1"/????:??:??.?; do
        [ ! -e "$below" ] || found=$below
    done
done
echo "found by rescan $rescans: ${found##*/}"
