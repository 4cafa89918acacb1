/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-run.h"

#include "accel.h"
#include "built.h"
#include "capacity.h"
#include "catalogue.h"
#include "driver-words.h"
#include "error.h"
#include "firmware.h"
#include "guest-modules.h"
#include "play.h"
#include "results.h"
#include "size.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define JOBS_MAX 256

static struct {
    char *kernel;
    char *modules;
    char *qemu;
    char *accel;
    char *append;
    char *json;
    char *driver;
    double timeout_seconds;
    int jobs; /* at a time; 0: as many as there are processors */
    gboolean all, verbose, keep, tap, dry_run, fail_fast;
    char **scenarios;
} given;

static const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &given.all, "Run every scenario of the catalogue", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &given.verbose,
      "Show kernel lines, every window and what each witness said", NULL },
    { "json", 'j', 0, G_OPTION_ARG_FILENAME, &given.json, "Write a report to FILE", "FILE" },
    { "tap", 0, 0, G_OPTION_ARG_NONE, &given.tap, "Print TAP, one test for each check", NULL },
    { "keep", 'k', 0, G_OPTION_ARG_NONE, &given.keep, "Leave the folder with the logs", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &given.dry_run, "Print QEMU's command line only",
      NULL },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &given.jobs,
      "Run N scenarios at a time (default: 0, as many as there are processors)", "N" },
    { "fail-fast", 0, 0, G_OPTION_ARG_NONE, &given.fail_fast,
      "End the run when a scenario does not pass", NULL },
    { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &given.kernel,
      "Boot this bzImage or vmlinux (default: the distribution's cloud kernel)", "FILE" },
    { "modules", 0, 0, G_OPTION_ARG_FILENAME, &given.modules,
      "Modules of that kernel, a cpio archive (default: made when a scenario needs them)", "FILE" },
    { "append", 0, 0, G_OPTION_ARG_STRING, &given.append, "Further kernel arguments", "ARGS" },
    { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &given.qemu,
      "QEMU to use (default: the one the device was built for)", "FILE" },
    { "accel", 0, 0, G_OPTION_ARG_STRING, &given.accel,
      "auto, tcg or kvm; auto boots a guest under KVM first (default: auto)", "ACCEL" },
    { "driver", 0, 0, G_OPTION_ARG_STRING, &given.driver,
      "Driver model of the functions that have a driver, instead of the scenario's", "MODEL" },
    { "timeout", 0, 0, G_OPTION_ARG_DOUBLE, &given.timeout_seconds,
      "Deadline of the boot and of each step (default: 60)", "SECONDS" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.scenarios, NULL,
      "[SCENARIO...]" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

G_GNUC_PRINTF(2, 3)
static gboolean usage_error(GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, text);
    return FALSE;
}

static gboolean parse(int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) cause = NULL;

    given.timeout_seconds = 60;
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context,
        "Runs scenarios, by name or file; " CATALOGUE_DEFAULT " when none is given.");
    g_option_context_set_description(context,
        "Exit status: 0 every verdict is pass, 1 one is fail, 2 usage or scenario,\n"
        "3 environment, 4 deadline or lost guest, 130 interrupted.");
    if (!g_option_context_parse(context, &argc, &argv, &cause)) {
        return usage_error(error, "%s; see 'barshift run --help'", cause->message);
    }
    if (given.accel != NULL && !g_str_equal(given.accel, "auto") &&
        !g_str_equal(given.accel, "tcg") && !g_str_equal(given.accel, "kvm")) {
        return usage_error(error, "--accel %s: expected auto, tcg or kvm", given.accel);
    }
    if (!(given.timeout_seconds > 0 && given.timeout_seconds <= 3600)) {
        return usage_error(error, "--timeout: expected more than 0 and at most 3600 seconds");
    }
    if (given.jobs < 0 || given.jobs > JOBS_MAX) {
        return usage_error(error, "--jobs %d: expected at most %d, or 0 for as many as processors",
                           given.jobs, JOBS_MAX);
    }
    if (given.driver != NULL && !g_strv_contains(driver_model_names, given.driver)) {
        g_autofree char *models = g_strjoinv(", ", (char **)driver_model_names);

        return usage_error(error, "--driver %s: expected one of %s", given.driver, models);
    }
    if (given.all && given.scenarios != NULL) {
        return usage_error(error, "--all and the scenario '%s' exclude each other",
                           given.scenarios[0]);
    }
    return TRUE;
}

/* Is a file there that was named as an option, or by the environment? */
static gboolean check_named(const char *what, const char *path, gboolean option,
                            const char *expected, GError **error)
{
    if (access(path, R_OK) == 0) {
        return TRUE;
    }
    g_set_error(error, RUNNER_ERROR, option ? RUNNER_ERROR_USAGE : RUNNER_ERROR_ENVIRONMENT,
                "%s '%s': %s; expected %s", what, path, g_strerror(errno), expected);
    return FALSE;
}

/* Names every file that is missing before anything is started. */
static gboolean find_parts(MachineParts *parts, GError **error)
{
    const char *kernel = given.kernel != NULL ? given.kernel : g_getenv("BARSHIFT_KERNEL");
    const char *modules = given.modules != NULL ? given.modules : g_getenv("BARSHIFT_MODULES");

    *parts = (MachineParts) {
        .qemu = given.qemu != NULL ? given.qemu : BARSHIFT_QEMU,
        .device = BARSHIFT_DEVICE,
        .kernel = kernel,
        .initrd = BARSHIFT_INITRD,
        .modules = modules == NULL || modules[0] == '\0' ? NULL : modules,
        .accel = "tcg",
        .append = given.append,
    };
    if (kernel == NULL || kernel[0] == '\0') {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "no kernel; give --kernel FILE, or start through ./barshift, which fetches "
                    "the distribution's");
        return FALSE;
    }
    return check_named("kernel", kernel, given.kernel != NULL, "a bzImage or a vmlinux", error) &&
           (parts->modules == NULL || check_named("modules", parts->modules, given.modules != NULL,
                                                  "a cpio archive", error)) &&
           built_check(parts->device, error) && built_check(parts->initrd, error);
}

static gboolean choose_accel(MachineParts *parts, GCancellable *cancellable, GError **error)
{
    if (given.accel == NULL || g_str_equal(given.accel, "auto")) {
        parts->accel = given.dry_run ? "tcg" : accel_probe(parts, cancellable, error);
    } else {
        parts->accel = given.accel;
    }
    return parts->accel != NULL;
}

static char **chosen_scenarios(GError **error)
{
    static const char *const one[] = { CATALOGUE_DEFAULT, NULL };

    if (given.all) {
        return catalogue_names(CATALOGUE_SCENARIOS, error);
    }
    return g_strdupv(given.scenarios != NULL ? given.scenarios : (char **)one);
}

/* Without anybody whom it concerns --driver would seem to have been tried. */
static gboolean check_driver(GPtrArray *plays, GError **error)
{
    for (guint i = 0; i < plays->len; i++) {
        const Play *play = g_ptr_array_index(plays, i);

        if (play->scenario == NULL || scenario_has_driver(play->scenario)) {
            return TRUE; /* a scenario that cannot be read is an error of its own */
        }
    }
    return usage_error(error,
                       "--driver %s: no function has a driver there; take a scenario whose "
                       "functions have the key 'driver', such as pnp-fragmented-hole",
                       given.driver);
}

static GPtrArray *load(char *const *arguments)
{
    GPtrArray *plays = g_ptr_array_new_with_free_func((GDestroyNotify)play_free);

    for (guint i = 0; arguments[i] != NULL; i++) {
        plays_add(plays, arguments[i]);
    }
    for (guint i = 0; given.driver != NULL && i < plays->len; i++) {
        const Play *play = g_ptr_array_index(plays, i);

        if (play->scenario != NULL) {
            scenario_set_driver_model(play->scenario, given.driver);
        }
    }
    return plays;
}

/*
 * Not before they are needed, for they may have to be fetched; and once, before anything begins.
 * Scenarios that need them and cannot have them get the reason for their error.
 *
 * Returns: (transfer full) (nullable): the archive.
 */
static char *find_modules(GPtrArray *plays, const char *kernel)
{
    g_autoptr(GError) error = NULL;
    char *modules = NULL;

    for (guint i = 0; i < plays->len; i++) {
        Play *play = g_ptr_array_index(plays, i);

        if (play->scenario == NULL || !machine_needs_modules(play->scenario)) {
            continue;
        }
        if (modules == NULL && error == NULL) {
            modules = guest_modules_find(kernel, &error);
        }
        if (modules == NULL) {
            play->error = g_error_copy(error);
        }
    }
    return modules;
}

/* As find_modules(). Returns: (transfer full) (nullable): the image. */
static char *find_firmware(GPtrArray *plays)
{
    g_autoptr(GError) error = NULL;
    char *firmware = NULL;

    for (guint i = 0; i < plays->len; i++) {
        Play *play = g_ptr_array_index(plays, i);

        if (play->error != NULL || play->scenario->machine.firmware != FIRMWARE_OVMF) {
            continue;
        }
        if (firmware == NULL && error == NULL) {
            firmware = firmware_find(&error);
        }
        if (firmware == NULL) {
            play->error = g_error_copy(error);
        }
    }
    return firmware;
}

/* How many at a time: as many as was asked for or there are processors, if their guests fit. */
static guint choose_width(GPtrArray *plays)
{
    const Capacity capacity = capacity_read("");
    guint wanted = given.jobs > 0 ? (guint)given.jobs : capacity.processors;
    g_autofree guint64 *guests_bytes = g_new0(guint64, plays->len);
    g_autofree char *available = size_format(capacity.memory_bytes >> 20 << 20);
    guint count = 0, width;

    for (guint i = 0; i < plays->len; i++) {
        const Play *play = g_ptr_array_index(plays, i);

        if (play->error == NULL) {
            guests_bytes[count++] = play->scenario->machine.memory_bytes;
        }
    }
    wanted = MAX(1, MIN(wanted, count));
    width = capacity_jobs(guests_bytes, count, wanted, capacity.memory_bytes);
    if (width < wanted) {
        fprintf(stderr, "barshift: %u at a time instead of %u, for %s of memory are available\n",
                width, wanted, available);
    }
    return width;
}

static int print_commands(GPtrArray *plays, const MachineParts *parts)
{
    int status = 0;

    for (guint i = 0; i < plays->len; i++) {
        const Play *play = g_ptr_array_index(plays, i);
        g_autofree char *text = NULL;

        if (i > 0) {
            putchar('\n');
        }
        if (play->error != NULL) {
            play_print_error(play);
            status = status == 0 ? play->error->code : status;
        } else {
            text = machine_command_text(play->scenario, parts);
            fputs(text, stdout);
        }
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("barshift: cannot write to the output\n", stderr);
        status = status == 0 ? (int)RUNNER_ERROR_ENVIRONMENT : status;
    }
    return status;
}

static int play_all(GPtrArray *plays, const MachineParts *parts, GCancellable *cancellable)
{
    const ResultsForm form = {
        .style = {
            .verbose = given.verbose,
            .colour = isatty(STDOUT_FILENO) && g_getenv("NO_COLOR") == NULL,
        },
        .tap = given.tap,
        .report_path = given.json,
    };
    const PlayOptions options = {
        .run = {
            .parts = *parts, .keep = given.keep, .timeout_seconds = given.timeout_seconds,
        },
        .width = choose_width(plays),
        .fail_fast = given.fail_fast,
        .progress = plays->len > 1 && isatty(STDERR_FILENO),
    };
    g_autoptr(Results) results = results_new(&form, plays->len);

    plays_run(plays, &options, results, cancellable);
    return results_finish(results, g_cancellable_is_cancelled(cancellable));
}

int command_run(int argc, char **argv, GCancellable *cancellable)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) scenarios = NULL;
    g_autoptr(GPtrArray) plays = NULL;
    g_autofree char *modules = NULL;
    g_autofree char *firmware = NULL;
    MachineParts parts;

    if (!parse(argc, argv, &error) || !find_parts(&parts, &error) ||
        !choose_accel(&parts, cancellable, &error) ||
        (scenarios = chosen_scenarios(&error)) == NULL) {
        fprintf(stderr, "barshift: %s\n", error->message);
        return error->code;
    }
    plays = load(scenarios);
    if (given.driver != NULL && !check_driver(plays, &error)) {
        fprintf(stderr, "barshift: %s\n", error->message);
        return error->code;
    }
    if (parts.modules == NULL) {
        parts.modules = modules = find_modules(plays, parts.kernel);
    }
    parts.firmware = firmware = find_firmware(plays);
    return given.dry_run ? print_commands(plays, &parts) : play_all(plays, &parts, cancellable);
}
