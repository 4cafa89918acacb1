/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of PCI functions, "0000:01:00.0", as Linux spells them in sysfs. */
#ifndef BARSHIFT_BDF_H
#define BARSHIFT_BDF_H

#define BDF_SIZE 16 /* bytes with the final NUL; domains may have more than four digits */

/** struct Bdf - the parts of a name */
typedef struct Bdf {
    unsigned domain;
    unsigned bus;
    unsigned device;
    unsigned function;
} Bdf;

/**
 * bdf_parse() - take a name apart
 * @text: as for bdf_normalise()
 * @bdf: (out) set only on success
 *
 * Return: 0 or -EINVAL.
 */
int bdf_parse(const char *text, Bdf *bdf);

/**
 * bdf_normalise() - check the name of a function and bring it to the form of sysfs
 * @text: "0000:01:00.0" or, in domain 0, "01:00.0"
 * @bdf: (out) BDF_SIZE bytes, set only on success
 *
 * Return: 0, or -EINVAL when @text names no function; callers report a usage error.
 */
int bdf_normalise(const char *text, char *bdf);

#endif
