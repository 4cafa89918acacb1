/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-run.h"

#include "capacity.h"
#include "catalogue.h"
#include "disk-options.h"
#include "driver-words.h"
#include "error.h"
#include "firmware.h"
#include "guest-modules.h"
#include "host-facts.h"
#include "outside.h"
#include "playlist.h"
#include "results.h"
#include "shell-word.h"
#include "size.h"

#include <stdio.h>
#include <unistd.h>

#define JOBS_MAX 256
#define REPEAT_MAX 10000
#define TIMEOUT_SECONDS 60.0
#define SNAPSHOT_LIMIT_BYTES (4 * 1024 * 1024 * G_GUINT64_CONSTANT(1024))

static struct {
    char *kernel;
    char *modules;
    char *qemu;
    char *accel;
    char *append;
    char *json;
    char *junit;
    char *driver;
    char *tags;
    char *shard;
    int repeat;
    double timeout_seconds;
    int jobs; /* at a time; 0: as many as there are processors */
    gboolean all, verbose, keep, tap, ktap, dry_run, fail_fast, no_snapshot;
    guint64 snapshot_limit_bytes;
    DiskGiven disk;
    char **scenarios;
} given;

static const GOptionEntry entries[] = {
    { "all", 'a', 0, G_OPTION_ARG_NONE, &given.all, "Run every scenario of the catalogue", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &given.verbose,
      "Show kernel lines, every window and what each witness said", NULL },
    { "json", 'j', 0, G_OPTION_ARG_FILENAME, &given.json, "Write a report to FILE", "FILE" },
    { "tap", 0, 0, G_OPTION_ARG_NONE, &given.tap, "Print TAP, one test for each check", NULL },
    { "ktap", 0, 0, G_OPTION_ARG_NONE, &given.ktap, "Print KTAP, as the kernel's tests do", NULL },
    { "junit", 0, 0, G_OPTION_ARG_FILENAME, &given.junit, "Write a report in JUnit's form to FILE",
      "FILE" },
    { "keep", 'k', 0, G_OPTION_ARG_NONE, &given.keep, "Leave the folder with the logs", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &given.dry_run, "Print QEMU's command line only",
      NULL },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &given.jobs,
      "Run N scenarios at a time (default: 0, as many as there are processors)", "N" },
    { "fail-fast", 0, 0, G_OPTION_ARG_NONE, &given.fail_fast,
      "End the run when a scenario does not pass", NULL },
    { "tag", 0, 0, G_OPTION_ARG_STRING, &given.tags,
      "Run every scenario of the catalogue that has all of these tags", "TAG[,...]" },
    { "shard", 0, 0, G_OPTION_ARG_STRING, &given.shard,
      "Run the K-th of N parts of what was asked for", "K/N" },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &given.repeat, "Run each scenario N times", "N" },
    { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &given.kernel,
      "Boot each of these: names such as debian-6.12, versions, bzImages or vmlinuxes "
      "(default: the distribution's cloud kernel)", "KERNEL[,...]" },
    { "modules", 0, 0, G_OPTION_ARG_FILENAME, &given.modules,
      "Modules of that kernel, a cpio archive (default: made when a scenario needs them)", "FILE" },
    { "append", 0, 0, G_OPTION_ARG_STRING, &given.append, "Further kernel arguments", "ARGS" },
    { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &given.qemu,
      "Use each of these QEMUs (default: the one the device was built for)", "FILE[,...]" },
    { "accel", 0, 0, G_OPTION_ARG_STRING, &given.accel,
      "auto, tcg or kvm; auto boots a guest under KVM first (default: auto)", "ACCEL" },
    { "no-snapshot", 0, 0, G_OPTION_ARG_NONE, &given.no_snapshot,
      "Boot, even where the booted machine was saved", NULL },
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

    given.timeout_seconds = TIMEOUT_SECONDS;
    given.repeat = 1;
    g_option_context_add_main_entries(context, entries, NULL);
    disk_options_add(context, &given.disk);
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
    if ((given.all || given.tags != NULL) && given.scenarios != NULL) {
        return usage_error(error, "%s and the scenario '%s' exclude each other",
                           given.all ? "--all" : "--tag", given.scenarios[0]);
    }
    if (given.tap && given.ktap) {
        return usage_error(error, "--tap and --ktap exclude each other");
    }
    if (given.json != NULL && g_strcmp0(given.json, given.junit) == 0) {
        return usage_error(error, "--json and --junit: both to '%s'", given.json);
    }
    if (given.repeat < 1 || given.repeat > REPEAT_MAX) {
        return usage_error(error, "--repeat %d: expected 1 to %d", given.repeat, REPEAT_MAX);
    }
    return TRUE;
}

static gboolean find_snapshot_limit(GError **error)
{
    const char *limit = g_getenv("BARSHIFT_SNAPSHOT_LIMIT");

    given.snapshot_limit_bytes = SNAPSHOT_LIMIT_BYTES;
    if (limit != NULL && limit[0] != '\0' &&
        !size_parse(limit, &given.snapshot_limit_bytes, error)) {
        g_prefix_error(error, "BARSHIFT_SNAPSHOT_LIMIT: ");
        return FALSE;
    }
    return TRUE;
}

static gboolean find_disk(Disk **disk, GError **error)
{
    const DiskRivals rivals = {
        .kernel = given.kernel, .modules = given.modules, .append = given.append,
    };

    return disk_options_read(&given.disk, &rivals, disk, error);
}

static gboolean find_platforms(const Disk *disk, GPtrArray **platforms, GCancellable *cancellable,
                               GError **error)
{
    const PlatformsAsked asked = {
        .disk = disk,
        .kernels = given.kernel,
        .modules = given.modules,
        .qemus = given.qemu,
        .accel = given.accel,
        .append = given.append,
        .dry_run = given.dry_run,
    };

    *platforms = platforms_find(&asked, cancellable, error);
    return *platforms != NULL;
}

static void append_option(GString *text, const char *option, const char *value)
{
    if (value != NULL) {
        shell_append_word(text, option);
        shell_append_word(text, value);
    }
}

/* What bears on a result, beside the platform. */
static char *repeated_options(void)
{
    GString *text = g_string_new(NULL);

    disk_options_append(&given.disk, text);
    append_option(text, "--modules", given.modules);
    append_option(text, "--append", given.append);
    append_option(text, "--driver", given.driver);
    if (given.no_snapshot) {
        g_string_append(text, " --no-snapshot");
    }
    if (given.timeout_seconds != TIMEOUT_SECONDS) {
        g_string_append_printf(text, " --timeout %g", given.timeout_seconds);
    }
    return g_string_free(text, FALSE);
}

static gboolean find_plays(Playlist **playlist, const GPtrArray *platforms, GError **error)
{
    g_autofree char *options = repeated_options();
    PlaylistAsked asked = {
        .scenarios = given.scenarios,
        .all = given.all,
        .tags = given.tags,
        .driver = given.driver,
        .repeat = (guint)given.repeat,
        .shard = 1,
        .shards = 1,
        .platforms = platforms,
        .name_qemu = given.qemu != NULL,
        .options = options,
    };

    if (given.shard != NULL &&
        !playlist_parse_shard(given.shard, &asked.shard, &asked.shards, error)) {
        return FALSE;
    }
    *playlist = playlist_new(&asked, error);
    return *playlist != NULL;
}

/*
 * Not before they are needed, for they may have to be fetched; and once, before anything begins.
 * Scenarios that need them and cannot have them get the reason for their error.
 */
static void find_modules(GPtrArray *plays, Platform *platform)
{
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < plays->len; i++) {
        Play *play = g_ptr_array_index(plays, i);

        if (play->scenario == NULL || play->origin.platform != platform ||
            platform->disk != NULL || !machine_needs_modules(play->scenario)) {
            continue;
        }
        if (platform->modules == NULL && error == NULL) {
            platform->modules = guest_modules_find(platform->kernel, &error);
        }
        if (platform->modules == NULL) {
            play->error = g_error_copy(error);
        }
    }
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

static void fit_to_disk(Playlist *playlist, const Disk *disk)
{
    for (guint i = 0; i < playlist->scenarios->len; i++) {
        disk_give_memory(disk, g_ptr_array_index(playlist->scenarios, i));
    }
    for (guint i = 0; i < playlist->plays->len; i++) {
        Play *play = g_ptr_array_index(playlist->plays, i);

        if (play->error == NULL) {
            (void)(disk_suits(play->scenario, &play->error) &&
                   (!disk->outside || outside_suits(play->scenario, &play->error)));
        }
    }
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

static int print_commands(GPtrArray *plays, const MachineParts *shared)
{
    int status = 0;

    for (guint i = 0; i < plays->len; i++) {
        const Play *play = g_ptr_array_index(plays, i);
        g_autofree char *text = NULL;
        MachineParts parts;

        if (i > 0) {
            putchar('\n');
        }
        if (play->error != NULL) {
            play_print_error(play);
            status = status == 0 ? play->error->code : status;
        } else {
            parts = platform_parts(play->origin.platform, shared);
            text = machine_command_text(play->scenario, &parts);
            fputs(text, stdout);
        }
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("barshift: cannot write to the output\n", stderr);
        status = status == 0 ? (int)RUNNER_ERROR_ENVIRONMENT : status;
    }
    return status;
}

static int play_all(GPtrArray *plays, const MachineParts *shared, const char *command,
                    GCancellable *cancellable)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *started = g_date_time_format_iso8601(now);
    g_autoptr(JsonNode) host = host_facts();
    const ResultsForm form = {
        .style = {
            .verbose = given.verbose,
            .colour = isatty(STDOUT_FILENO) && g_getenv("NO_COLOR") == NULL,
        },
        .output = given.ktap ? OUTPUT_KTAP : given.tap ? OUTPUT_TAP : OUTPUT_TEXT,
        .json_path = given.json,
        .junit_path = given.junit,
        .head = {
            .command = command,
            .started = started,
            .shard = given.shard,
            .planned = plays->len,
            .host = host,
        },
    };
    const PlayOptions options = {
        .run = {
            .parts = *shared,
            .keep = given.keep,
            .snapshot_limit_bytes = given.no_snapshot ? 0 : given.snapshot_limit_bytes,
            .timeout_seconds = given.timeout_seconds,
        },
        .width = choose_width(plays),
        .fail_fast = given.fail_fast,
        .progress = plays->len > 1 && isatty(STDERR_FILENO),
    };
    g_autoptr(Results) results = results_new(&form);
    g_autoptr(GError) error = NULL;

    if (!results_begin(results, &error)) {
        fprintf(stderr, "barshift: %s\n", error->message);
        return error->code;
    }
    plays_run(plays, &options, results, cancellable);
    return results_finish(results, g_cancellable_is_cancelled(cancellable));
}

/* "barshift run ...", for a shell */
static char *command_text(int argc, char **argv)
{
    GString *text = g_string_new("barshift");

    for (int i = 0; i < argc; i++) {
        shell_append_word(text, argv[i]);
    }
    return g_string_free(text, FALSE);
}

int command_run(int argc, char **argv, GCancellable *cancellable)
{
    g_autofree char *command = command_text(argc, argv);
    g_autoptr(GError) error = NULL;
    g_autoptr(Disk) disk = NULL;
    g_autoptr(GPtrArray) platforms = NULL;
    g_autoptr(Playlist) playlist = NULL;
    g_autofree char *firmware = NULL;
    MachineParts shared = { 0 };

    if (!parse(argc, argv, &error) || !find_snapshot_limit(&error) || !find_disk(&disk, &error) ||
        !find_platforms(disk, &platforms, cancellable, &error) ||
        !find_plays(&playlist, platforms, &error)) {
        fprintf(stderr, "barshift: %s\n", error->message);
        return error->code;
    }
    if (disk != NULL) {
        fit_to_disk(playlist, disk);
    }
    for (guint i = 0; i < platforms->len; i++) {
        find_modules(playlist->plays, g_ptr_array_index(platforms, i));
    }
    shared.append = given.append;
    shared.firmware = firmware = find_firmware(playlist->plays);
    return given.dry_run ? print_commands(playlist->plays, &shared)
                         : play_all(playlist->plays, &shared, command, cancellable);
}
