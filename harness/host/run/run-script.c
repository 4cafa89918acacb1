/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that run a script in the guest, and wait for its kernel to say something. */
#include "error.h"
#include "link.h"
#include "run.h"
#include "shell-word.h"

#include <string.h>

#define SCRIPT_SIZE_MAX (64 * 1024)
#define PIECE_SIZE (LINK_LINE_MAX / 2) /* of base64, with room for the words around it */
#define NEXT_LINE "barshift-guest log --wait 100"

static gboolean read_script(const Step *step, char **text, gsize *length, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (!g_file_get_contents(step->file, text, length, &cause)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s", step->place,
                    cause->message);
        return FALSE;
    }
    if (*length == 0 || *length > SCRIPT_SIZE_MAX) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: %s has %" G_GSIZE_FORMAT " bytes; a script has 1 to %d", step->place,
                    step->file, *length, SCRIPT_SIZE_MAX);
        return FALSE;
    }
    return TRUE;
}

/* Over the link, whose lines are short and take no control characters */
static gboolean carry(Run *run, const char *path, const char *text, gsize length, GError **error)
{
    g_autofree char *code = g_base64_encode((const guchar *)text, length);
    g_autoptr(GuestReply) made = NULL;

    for (const char *piece = code; *piece != '\0'; piece += strnlen(piece, PIECE_SIZE)) {
        g_autoptr(GuestReply) reply =
            run_guest_ok(run, error, "printf %%s %.*s >>%s.base64", PIECE_SIZE, piece, path);

        if (reply == NULL) {
            return FALSE;
        }
    }
    made = run_guest_ok(run, error, "base64 -d %s.base64 >%s && rm %s.base64 && chmod +x %s", path,
                        path, path, path);
    return made != NULL;
}

/* (transfer full): the script as the guest calls it */
static char *script_name(Run *run, const Step *step, GError **error)
{
    g_autofree char *path = g_strdup_printf("/tmp/script-%u", run->step_nr);
    g_autofree char *text = NULL;
    gsize length;

    if (step->file == NULL) {
        return g_strdup(step->words[0]);
    }
    return read_script(step, &text, &length, error) && carry(run, path, text, length, error)
               ? g_steal_pointer(&path)
               : NULL;
}

static char *script_command(Run *run, const Step *step, GError **error)
{
    g_autofree char *name = script_name(run, step, error);
    g_autoptr(GString) command = name == NULL ? NULL : g_string_new(name);

    for (guint i = 1; command != NULL && step->words[i] != NULL; i++) {
        const char *word = step->words[i];
        g_autofree char *bdf = word[0] == '@' ? run_find_bdf(run, word + 1, error) : NULL;

        if (word[0] == '@' && bdf == NULL) {
            return NULL;
        }
        shell_append_word(command, bdf == NULL ? word : bdf);
    }
    return command == NULL ? NULL : g_string_free(g_steal_pointer(&command), FALSE);
}

/* The last line that a script has written, which is what came of it */
static const char *last_line(const GuestReply *reply)
{
    char *text = g_strchomp(reply->err->len != 0 ? reply->err->str : reply->out->str);
    const char *line = strrchr(text, '\n');

    return line == NULL ? text : line + 1;
}

/* The script is told to give a function a size: that is asking for it. */
static gboolean ask_size(Run *run, const Step *step, GError **error)
{
    int bar_nr = step->function == NULL ? 0 : run_resized_bar(run, step, error);

    if (step->function != NULL && bar_nr >= 0) {
        story_ask_size(&run->story, step->function, (guint)bar_nr, step->size_bytes);
    }
    return bar_nr >= 0;
}

gboolean run_step_run(Run *run, const Step *step, GError **error)
{
    g_autofree char *command = script_command(run, step, error);
    g_autoptr(GHashTable) stops = g_hash_table_new(NULL, NULL);
    g_autoptr(GuestReply) reply = NULL;

    for (guint i = 0; i < step->stops->len; i++) {
        Function *function = g_ptr_array_index(step->stops, i);

        g_hash_table_add(stops, function);
        if (function != step->function) { /* who is resized stops for itself */
            g_hash_table_add(run->story.stopped, function);
        }
    }
    if (command == NULL || !ask_size(run, step, error) || !run_stop_functions(run, stops, error)) {
        return FALSE;
    }
    run->action_follows = TRUE;
    reply = run_guest(run, error, "%s", command);
    if (reply == NULL) {
        return FALSE;
    }
    if (last_line(reply)[0] != '\0') {
        run_detail(run, "%s", last_line(reply));
    }
    if (reply->status != (int)step->status) {
        run_unmet(run, "the script ended with status %d, expected was %u: %s", reply->status,
                  step->status, last_line(reply));
    }
    return run_start_functions(run, stops, error) &&
           run_start_functions(run, run->story.newcomers, error);
}

static const char *find_line(const StepRecord *record, const char *text)
{
    for (guint i = 0; i < record->kernel->len; i++) {
        const char *line = g_ptr_array_index(record->kernel, i);

        if (strstr(line, text) != NULL) {
            return line;
        }
    }
    return NULL;
}

/* The line may have come while the step before was played: its kernel lines are kept with it. */
gboolean run_step_wait_for(Run *run, const Step *step, GError **error)
{
    const GPtrArray *records = run->result->steps;
    const StepRecord *before = g_ptr_array_index(records, records->len - 2);
    gint64 deadline_us = deadline_in(run->options->timeout_seconds);
    const char *line = find_line(before, step->wanted);

    while (line == NULL && g_get_monotonic_time() < deadline_us) {
        g_autoptr(GuestReply) reply = run_guest_ok(run, error, NEXT_LINE);

        if (reply == NULL) {
            return FALSE;
        }
        line = find_line(run->step, step->wanted);
    }
    if (line == NULL) {
        run_unmet(run, "the kernel has not said '%s' within %.0f s", step->wanted,
                  run->options->timeout_seconds);
    } else {
        run_detail(run, "%s", line);
    }
    return TRUE;
}
