# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the tests with a system of somebody else's share, sourced by them behind vm.sh.

if [ ! -e /usr/lib/ISOLINUX/isolinux.bin ]; then
    echo '1..0 # SKIP no isolinux to make a disk bootable with'
    exit 0
fi
modules=$("${root:?}/harness/setup/guest-modules" "${kernel:?}" virtio_pci virtio_blk isofs) || {
    echo '1..0 # SKIP no modules of this kernel'
    exit 0
}

# system START: a disk whose system does START, see foreign/init
system() {
    image=${kernel##*/}
    image=${kernel%/*}/vmlinuz-${image#vmlinu[xz]-}
    [ -e "$image" ] || image=$kernel
    "$root/tests/system/foreign/build-disk" disk "$image" "$modules" "$1" 2>messages ||
        { cat messages && return 1; }
}
