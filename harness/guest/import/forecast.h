/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a stock kernel makes of the arrivals of a sketch, by the arbiter and the kernel model.
 *
 * A kernel that nobody helps finds only the port anew at which something arrives: whoever else has
 * to make room, be it an empty bridge above, does not. So an arrival is settled when there is a
 * plan that stops nobody and removes nothing but this port.
 */
#ifndef BARSHIFT_IMPORT_FORECAST_H
#define BARSHIFT_IMPORT_FORECAST_H

#include "sketch.h"

/**
 * forecast() - place the functions of the sketch as firmware will, then let the plugs arrive
 * @why: (out) CAPTURE_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0; -EINVAL when the 32-bit window has no room for what needs it; -ENOMEM.
 */
int forecast(Sketch *sketch, char *why);

#endif
