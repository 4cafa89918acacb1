#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# virtual-functions.sh on FUNCTION COUNT: switches virtual functions on
# virtual-functions.sh ask FUNCTION [COUNT]: how many of them answer where the kernel has their BAR 2;
# exit status 1 when it is not COUNT
set -eu

magic=0x46485342
function=/sys/bus/pci/devices/$2

case $1 in
on)
    echo "$3" >"$function/sriov_numvfs"
    echo "$3 virtual functions"
    ;;
ask)
    there=0
    answer=0
    for virtual in "$function"/virtfn*; do
        there=$((there + 1))
        start=$(sed -n 3p "$virtual/resource" | cut -d ' ' -f 1)
        [ "$(devmem "$start" 32 | tr A-F a-f)" != $magic ] || answer=$((answer + 1))
    done
    echo "$answer of $there virtual functions answer"
    [ $# -lt 3 ] || [ "$answer" -eq "$3" ]
    ;;
esac
