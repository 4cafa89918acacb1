/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#define COUNT_MAX 16 /* of streams, and of handles */

/* The models that barshift-guest drive knows, harness/guest/pnp/driver-model.h */
const char *const driver_models[] = { "wdm",  "kmdf",    "ndis", "storport",
                                      "wddm", "portcls", "acx",  NULL };

static const char *const back_ends[] = { "sysfs", "vfio", "kernel", NULL };
static const char *const switches[] = { "no", "yes", NULL };
static const char *const driver_keys[] = { "back-end", "behave",  "options",    "streams",
                                           "running",  "handles", "paging-path" };

static gboolean read_counts(const KeyFile *file, const char *group, Driver *driver,
                            GError **error)
{
    if (!key_file_get_number(file, group, "streams", COUNT_MAX, &driver->streams, error) ||
        !key_file_get_number(file, group, "running", COUNT_MAX, &driver->running, error) ||
        !key_file_get_number(file, group, "handles", COUNT_MAX, &driver->handles, error)) {
        return FALSE;
    }
    return driver->running <= driver->streams ||
           key_file_fail(file, group, "running", error, "%u of %u streams cannot run",
                         driver->running, driver->streams);
}

static gboolean check_no_driver(const KeyFile *file, const char *group, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(driver_keys); i++) {
        g_autofree char *value = key_file_get(file, group, driver_keys[i]);

        if (value != NULL) {
            return key_file_fail(file, group, driver_keys[i], error,
                                 "the key 'driver' is missing, without which nobody drives it");
        }
    }
    return TRUE;
}

gboolean scenario_read_driver(const KeyFile *file, const char *group, Function *function,
                              GError **error)
{
    g_autofree char *model = key_file_get(file, group, "driver");
    g_autofree char *back_end = key_file_get(file, group, "back-end");
    guint choices[3] = { 0 };
    Driver *driver;

    if (model == NULL) {
        return check_no_driver(file, group, error);
    }
    if (!key_file_get_choice(file, group, "driver", driver_models, &choices[0], error) ||
        !key_file_get_choice(file, group, "back-end", back_ends, &choices[1], error) ||
        !key_file_get_choice(file, group, "paging-path", switches, &choices[2], error)) {
        return FALSE;
    }
    driver = g_new0(Driver, 1);
    function->driver = driver;
    driver->model = driver_models[choices[0]];
    driver->back_end = g_steal_pointer(&back_end);
    driver->behave = key_file_get_words(file, group, "behave");
    driver->options = key_file_get_words(file, group, "options");
    driver->paging_path = choices[2] != 0;
    return read_counts(file, group, driver, error);
}
