/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The models, for their registry alone; everybody else asks driver_model_find(). */
#ifndef BARSHIFT_MODELS_H
#define BARSHIFT_MODELS_H

#include "driver-model.h"

extern const DriverModel model_wdm;
extern const DriverModel model_kmdf;
extern const DriverModel model_ndis;
extern const DriverModel model_storport;
extern const DriverModel model_wddm;
extern const DriverModel model_portcls;
extern const DriverModel model_acx;

#endif
