/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * D3hot and back, past the kernel, which has no driver for a barshift function: what a driver would
 * do, save what the way back may take and give it back (PCIe r6.0, sec 5.3.1.4).
 *
 * What was saved is in /run/barshift/asleep-TAG meanwhile.
 */
#ifndef BARSHIFT_SLEEP_H
#define BARSHIFT_SLEEP_H

#include <stdbool.h>

#include "config.h"

/**
 * sleep_suspend() - save a function's configuration, switch its decoding off, put it into D3hot
 * @why: (out) CONFIG_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0; -ENODEV for none of barshift's; -EALREADY when it sleeps; -ENOTSUP without Power
 * Management; -EIO when it does not take the state, or libpci gave up; the -errno of the file.
 */
int sleep_suspend(const ConfigSource *source, const char *bdf, char *why);

/**
 * sleep_resume() - bring it back to D0, and give it its configuration back
 * @was_reset: (out) does it say that it is reset on the way? set on success
 *
 * BAR sizes come before the addresses, and decoding last.
 *
 * Return: as above; -ENOENT when it does not sleep; -EIO also when a register does not take its
 * value.
 */
int sleep_resume(const ConfigSource *source, const char *bdf, bool *was_reset, char *why);

#endif
