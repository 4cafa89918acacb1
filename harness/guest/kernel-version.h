/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version of the kernel's source, which its release need not be. */
#ifndef BARSHIFT_KERNEL_VERSION_H
#define BARSHIFT_KERNEL_VERSION_H

#include <stddef.h>
#include <sys/utsname.h>

/**
 * kernel_version() - such as "6.1.192"
 * @name: what uname() says
 * @version: (out): ended with NUL, and cut off when @size_bytes are too few
 *
 * Debian's release counts changes of the ABI ("6.1.0-56-cloud-amd64"); there the version stands in
 * @name's version, "#1 SMP Debian 6.1.192-2 (2026-07-01)". Elsewhere the release begins with it.
 */
void kernel_version(const struct utsname *name, char *version, size_t size_bytes);

#endif
