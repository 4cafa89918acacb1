/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The accesses of a live system: mmap of sysfs resourceN and of /dev/mem; for I/O BARs, ports.h.
 *
 * The kernel fills the page tables of such a mapping at once, 32 MiB for 16 GiB and 2 GiB for
 * 1 TiB, so only the few pages in use are mapped. Nothing stays mapped after the accesses of one
 * call, unless the caller asks for it: a mapping of resourceN is not revoked when the function is
 * removed, and would reach whoever gets the address next.
 */
#ifndef BARSHIFT_MAPPING_H
#define BARSHIFT_MAPPING_H

#include "access.h"

/**
 * mapping_access() - the table for a system
 * @root: what stands before "/sys" and "/dev"; must live as long as the table is used
 */
Access mapping_access(const char *root);

/**
 * mapping_access_kept() - the same, for a process that looks around and ends
 *
 * What is read stays open and mapped up to the end of the process, for several look at the same
 * words, and to unmap costs more than all else in an emulated guest. No function may be removed or
 * get another address meanwhile.
 */
Access mapping_access_kept(const char *root);

#endif
