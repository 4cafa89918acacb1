/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#include "driver-words.h"

#define COUNT_MAX 16 /* of streams, and of handles */

static const char *const back_ends[] = { "sysfs", "vfio", "kernel", NULL };
static const char *const switches[] = { "no", "yes", NULL };
static const char *const driver_keys[] = { "back-end", "behave",  "options",    "streams",
                                           "running",  "handles", "paging-path" };

static gboolean read_counts(const KeyFile *file, const char *group, Driver *driver,
                            GError **error)
{
    if (!key_file_get_number(file, group, "streams", 0, COUNT_MAX, &driver->streams, error) ||
        !key_file_get_number(file, group, "running", 0, COUNT_MAX, &driver->running, error) ||
        !key_file_get_number(file, group, "handles", 0, COUNT_MAX, &driver->handles, error)) {
        return FALSE;
    }
    return driver->running <= driver->streams ||
           key_file_fail(file, group, "running", error,
                         "%u of %u streams cannot run; 'streams' says how many are open",
                         driver->running, driver->streams);
}

static gboolean check_words(const KeyFile *file, const char *group, const Driver *driver,
                            GError **error)
{
    for (guint i = 0; driver->behave[i] != NULL; i++) {
        g_autofree char *complaint = driver_behaviour_complaint(driver->model, driver->behave[i]);

        if (complaint != NULL) {
            return key_file_fail(file, group, "behave", error, "%s", complaint);
        }
    }
    for (guint i = 0; driver->options[i] != NULL; i++) {
        g_autofree char *complaint = driver_option_complaint(driver->model, driver->options[i]);

        if (complaint != NULL) {
            return key_file_fail(file, group, "options", error, "%s", complaint);
        }
    }
    return TRUE;
}

/* A disk of QEMU's has no header that a driver of ours could work with, and nobody else a disk. */
static gboolean check_back_end(const KeyFile *file, const char *group, const Function *function,
                               GError **error)
{
    const char *back_end = function->driver->back_end;
    gboolean is_kernel = g_strcmp0(back_end, "kernel") == 0;

    if (function->device == DEVICE_NVME && !is_kernel) {
        return key_file_fail(file, group, back_end == NULL ? "driver" : "back-end", error,
                             "an nvme is driven by the kernel; expected 'back-end = kernel'");
    }
    return function->device == DEVICE_NVME || !is_kernel ||
           key_file_fail(file, group, "back-end", error,
                         "the kernel drives an nvme only; expected sysfs or vfio");
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
    if (!key_file_get_choice(file, group, "driver", driver_model_names, &choices[0], error) ||
        !key_file_get_choice(file, group, "back-end", back_ends, &choices[1], error) ||
        !key_file_get_choice(file, group, "paging-path", switches, &choices[2], error)) {
        return FALSE;
    }
    driver = g_new0(Driver, 1);
    function->driver = driver;
    driver->model = driver_model_names[choices[0]];
    driver->back_end = g_steal_pointer(&back_end);
    driver->behave = key_file_get_words(file, group, "behave");
    driver->options = key_file_get_words(file, group, "options");
    driver->paging_path = choices[2] != 0;
    driver->place = key_file_place(file, group, "driver");
    return check_words(file, group, driver, error) &&
           check_back_end(file, group, function, error) &&
           read_counts(file, group, driver, error);
}
