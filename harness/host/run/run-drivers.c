/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The function drivers of a scenario under way. */
#include "error.h"
#include "run.h"

#include <string.h>

static void append_option(GString *command, const char *option, const char *value)
{
    gboolean plain = strspn(value, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_=:.,") ==
                     strlen(value);
    g_autofree char *word = plain ? g_strdup(value) : g_shell_quote(value);

    g_string_append_printf(command, " %s %s", option, word);
}

static void append_count(GString *command, const char *option, guint count)
{
    if (count != 0) {
        g_string_append_printf(command, " %s %u", option, count);
    }
}

/* What starts a driver. Its words are the scenario's own, and nothing to the guest's shell. */
static char *drive_command(const char *bdf, const Driver *driver)
{
    GString *command = g_string_new("barshift-guest drive");

    g_string_append_printf(command, " %s", bdf);
    append_option(command, "--model", driver->model);
    if (driver->back_end != NULL) {
        append_option(command, "--back-end", driver->back_end);
    }
    for (guint i = 0; driver->behave[i] != NULL; i++) {
        append_option(command, "--behave", driver->behave[i]);
    }
    for (guint i = 0; driver->options[i] != NULL; i++) {
        append_option(command, "--option", driver->options[i]);
    }
    append_count(command, "--streams", driver->streams);
    append_count(command, "--running", driver->running);
    append_count(command, "--handles", driver->handles);
    if (driver->paging_path) {
        g_string_append(command, " --paging-path");
    }
    return g_string_free(command, FALSE);
}

/* What went wrong; behind it a usage error of the guest's program tells of its --help. */
static const char *first_line(char *text)
{
    static const char prefix[] = "barshift-guest: ";

    text[strcspn(text, "\n")] = '\0';
    return g_str_has_prefix(text, prefix) ? text + strlen(prefix) : text;
}

static gboolean drive(Run *run, Function *function, GError **error)
{
    g_autofree char *bdf = run_find_bdf(run, function->name, error);
    g_autofree char *command = bdf == NULL ? NULL : drive_command(bdf, function->driver);
    g_autoptr(GuestReply) reply = command == NULL ? NULL : run_guest(run, error, "%s", command);

    if (reply == NULL) {
        return FALSE;
    }
    if (reply->status != 0) { /* 2: what the scenario says of the driver is wrong */
        const char *why = first_line(reply->err->str);

        g_set_error(error, RUNNER_ERROR,
                    reply->status == RUNNER_ERROR_USAGE ? RUNNER_ERROR_USAGE
                                                        : RUNNER_ERROR_ENVIRONMENT,
                    "%s: %s does not start: %s", function->driver->place,
                    function->driver->model, why);
        return FALSE;
    }
    g_hash_table_add(run->driven, function);
    return TRUE;
}

gboolean run_drive_functions(Run *run, GHashTable *functions, GError **error)
{
    for (guint i = 0; i < run->scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(run->scenario->functions, i);

        if (function->driver != NULL && g_hash_table_contains(functions, function) &&
            g_hash_table_contains(run->story.served, function) &&
            !g_hash_table_contains(run->driven, function) && !drive(run, function, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean run_end_drivers(Run *run, GHashTable *functions, GError **error)
{
    for (guint i = 0; i < run->scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(run->scenario->functions, i);
        g_autofree char *bdf = NULL;
        g_autoptr(GuestReply) reply = NULL;

        if (!g_hash_table_contains(functions, function) ||
            !g_hash_table_contains(run->driven, function)) {
            continue;
        }
        bdf = run_find_bdf(run, function->name, error);
        reply = bdf == NULL
                    ? NULL
                    : run_guest(run, error, "barshift-guest drivers --send %s quit", bdf);
        if (!run_check_reply(reply, "barshift-guest drivers", error)) {
            return FALSE; /* 1: it has died before, and is gone as well */
        }
        g_hash_table_remove(run->driven, function);
    }
    return TRUE;
}

DriverReports *run_query_drivers(Run *run, GError **error)
{
    g_autoptr(GuestReply) reply = run_guest(run, error, "barshift-guest drivers --json");
    g_autoptr(DriverReports) reports = NULL;
    g_autoptr(JsonNode) pci = NULL;

    /* one that does not answer, for it has died, is missing in the report */
    reports = run_check_reply(reply, "barshift-guest drivers", error)
                  ? driver_reports_parse(reply->out->str, error)
                  : NULL;
    pci = reports == NULL ? NULL : run_query_pci(run, error);
    if (pci == NULL) {
        return NULL;
    }
    driver_reports_name(reports, run->scenario, pci);
    return g_steal_pointer(&reports);
}
