/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-run.h"

#include "accel.h"
#include "built.h"
#include "catalogue.h"
#include "engine.h"
#include "error.h"
#include "guest-modules.h"
#include "report-json.h"
#include "report-tap.h"
#include "report-text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXIT_FAILED 1

static struct {
    char *kernel;
    char *modules;
    char *qemu;
    char *accel;
    char *append;
    char *json;
    double timeout_seconds;
    gboolean all, verbose, keep, tap, dry_run;
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
    { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &given.kernel,
      "Boot this bzImage or vmlinux (default: the distribution's cloud kernel)", "FILE" },
    { "modules", 0, 0, G_OPTION_ARG_FILENAME, &given.modules,
      "Modules of that kernel, a cpio archive (default: made when a scenario needs them)", "FILE" },
    { "append", 0, 0, G_OPTION_ARG_STRING, &given.append, "Further kernel arguments", "ARGS" },
    { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &given.qemu,
      "QEMU to use (default: the one the device was built for)", "FILE" },
    { "accel", 0, 0, G_OPTION_ARG_STRING, &given.accel,
      "auto, tcg or kvm; auto boots a guest under KVM first (default: auto)", "ACCEL" },
    { "timeout", 0, 0, G_OPTION_ARG_DOUBLE, &given.timeout_seconds,
      "Deadline of the boot and of each step (default: 60)", "SECONDS" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.scenarios, NULL,
      "[SCENARIO...]" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

typedef struct Session {
    RunOptions options;
    TextStyle style;
    GPtrArray *json; /* (element-type JsonNode) */
    GString *tap;
    guint tests;  /* in the TAP stream */
    guint passed, failed, errors;
    int status;
    char *modules; /* (nullable): found for a scenario that needs them */
    GCancellable *cancellable;
} Session;

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

/* Not before they are needed: they may have to be fetched. */
static gboolean find_modules(Session *session, const Scenario *scenario, GError **error)
{
    MachineParts *parts = &session->options.parts;

    if (parts->modules == NULL && machine_needs_modules(scenario)) {
        parts->modules = session->modules = guest_modules_find(parts->kernel, error);
        return parts->modules != NULL;
    }
    return TRUE;
}

static gboolean choose_accel(Session *session, GError **error)
{
    MachineParts *parts = &session->options.parts;

    if (given.accel == NULL || g_str_equal(given.accel, "auto")) {
        parts->accel = given.dry_run ? "tcg" : accel_probe(parts, session->cancellable, error);
    } else {
        parts->accel = given.accel;
    }
    return parts->accel != NULL;
}

static void print_step(const StepRecord *step, gpointer data)
{
    const Session *session = data;
    g_autofree char *text = report_text_step(step, &session->style);

    if (!given.tap) {
        fputs(text, stdout);
        fflush(stdout);
    }
}

static void report_error(Session *session, const char *name, const GError *error)
{
    fprintf(stderr, "barshift: %s%s%s\n", name, name[0] == '\0' ? "" : ": ", error->message);
    if (session->status <= EXIT_FAILED) {
        session->status = error->code;
    }
}

static void report_result(Session *session, const RunResult *result)
{
    g_autofree char *text = report_text_result(result, &session->style);

    if (!given.tap) {
        fputs(text, stdout);
    }
    report_tap_result(session->tap, result, &session->tests);
    g_ptr_array_add(session->json, report_json_result(result));
    if (result->judgement->pass) {
        session->passed++;
        return;
    }
    session->failed++;
    session->status = MAX(session->status, EXIT_FAILED);
}

static gboolean run_scenario(Session *session, const Scenario *scenario, GError **error)
{
    g_autoptr(RunResult) result = NULL;

    if (!find_modules(session, scenario, error)) {
        return FALSE;
    }
    if (given.dry_run) {
        g_autofree char *text = machine_command_text(scenario, &session->options.parts);

        fputs(text, stdout);
        return TRUE;
    }
    if (!given.tap) {
        printf("%s: %s\n", scenario->name, scenario->title);
        fflush(stdout);
    }
    result = engine_run(scenario, &session->options, session->cancellable, error);
    if (result == NULL) {
        return FALSE;
    }
    report_result(session, result);
    return TRUE;
}

static void run_one(Session *session, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = catalogue_path(CATALOGUE_SCENARIOS, argument, &error);
    g_autoptr(Scenario) scenario = path == NULL ? NULL : scenario_load(path, &error);

    if (scenario == NULL || !run_scenario(session, scenario, &error)) {
        session->errors++;
        report_error(session, scenario == NULL ? "" : scenario->name, error);
        report_tap_error(session->tap, argument, error, &session->tests);
        g_ptr_array_add(session->json, report_json_error(argument, error));
    }
}

static void run_all(Session *session, char *const *arguments)
{
    for (guint i = 0; arguments[i] != NULL; i++) {
        if (g_cancellable_is_cancelled(session->cancellable)) {
            break;
        }
        if (i > 0 && !given.tap) {
            putchar('\n');
        }
        run_one(session, arguments[i]);
    }
    if (given.dry_run) {
        return;
    }
    if (given.tap) {
        printf("TAP version 13\n%s1..%u\n", session->tap->str, session->tests);
    } else if (session->passed + session->failed + session->errors > 1) {
        printf("\n%u passed, %u failed, %u without a verdict\n", session->passed, session->failed,
               session->errors);
    }
}

static char **chosen_scenarios(GError **error)
{
    static const char *const one[] = { CATALOGUE_DEFAULT, NULL };

    if (given.all) {
        return catalogue_names(CATALOGUE_SCENARIOS, error);
    }
    return g_strdupv(given.scenarios != NULL ? given.scenarios : (char **)one);
}

int command_run(int argc, char **argv, GCancellable *cancellable)
{
    g_autoptr(GPtrArray) json = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) scenarios = NULL;
    Session session = { .json = json, .cancellable = cancellable };

    if (!parse(argc, argv, &error) || !find_parts(&session.options.parts, &error) ||
        !choose_accel(&session, &error) ||
        (scenarios = chosen_scenarios(&error)) == NULL) {
        report_error(&session, "", error);
        return session.status;
    }
    session.tap = g_string_new(NULL);
    session.style.verbose = given.verbose;
    session.style.colour = isatty(STDOUT_FILENO) && g_getenv("NO_COLOR") == NULL;
    session.options.keep = given.keep;
    session.options.timeout_seconds = given.timeout_seconds;
    session.options.on_step = print_step;
    session.options.on_step_data = &session;
    run_all(&session, scenarios);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        g_set_error(&error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "cannot write to the output");
        report_error(&session, "", error);
        g_clear_error(&error);
    }
    if (given.json != NULL && !report_json_write(given.json, json, &error)) {
        report_error(&session, "", error);
    }
    g_string_free(session.tap, TRUE);
    g_free(session.modules);
    return session.status;
}
