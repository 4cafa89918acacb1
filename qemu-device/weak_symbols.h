/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data of QEMU that the device refers to; every file is compiled with this header in front.
 *
 * The dynamic linker resolves references to data at the start of a program, those to functions
 * when they are called. Weak references let a program start that has not got the data: a shell or
 * a debugger that is told to preload the library for the QEMU that it starts.
 */
#ifndef BARSHIFT_WEAK_SYMBOLS_H
#define BARSHIFT_WEAK_SYMBOLS_H

#pragma weak error_fatal
#pragma weak qdev_prop_bool
#pragma weak qdev_prop_size
#pragma weak qdev_prop_string
#pragma weak qdev_prop_uint32
#pragma weak qdev_prop_uint64
#pragma weak qemu_loglevel
#pragma weak vmstate_info_bool
#pragma weak vmstate_info_int64
#pragma weak vmstate_info_tmp
#pragma weak vmstate_info_uint16
#pragma weak vmstate_info_uint32
#pragma weak vmstate_info_uint64
#pragma weak vmstate_info_uint64_equal
#pragma weak vmstate_info_uint8
#pragma weak vmstate_msix
#pragma weak vmstate_pci_device

#endif
