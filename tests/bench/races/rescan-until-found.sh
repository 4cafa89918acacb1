#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# rescan-until-found.sh PORT: begins to rescan the whole system again and again, until something is
# below PORT, and returns. No process is started for it, which would take too long.
set -eu

rescan_until_found() {
    while :; do
        echo 1 >/sys/bus/pci/rescan
        for below in "/sys/bus/pci/devices/$1"/????:??:??.?; do
            [ ! -e "$below" ] || return 0
        done
    done
}

exec >/dev/null 2>&1 # who has called waits for the end of what is written
rescan_until_found "$1" &
