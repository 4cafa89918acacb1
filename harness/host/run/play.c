/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario is played in a thread of this process: engine_run() keeps everything that it has in
 * its own Run, waits on sockets with deadlines and a GCancellable, and has no main loop. What a
 * thread cannot do is report, so results go to the thread that prints.
 */
#include "play.h"

#include "error.h"
#include "jobs.h"
#include "progress.h"
#include "results.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define CLEAR_LINE "\r\033[K"
#define COLUMNS_DEFAULT 80

typedef struct Session {
    GPtrArray *plays;
    const PlayOptions *options;
    Results *results;
    GCancellable *cancellable;
    Progress *progress; /* (nullable): none is shown */
    gboolean drawn;
} Session;

/* One step's way from the engine to the one who prints. */
typedef struct Speaker {
    Job *job;
    const Results *results;
} Speaker;

void play_free(Play *play)
{
    if (play == NULL) {
        return;
    }
    run_result_free(play->result);
    result_origin_clear(&play->origin);
    g_clear_error(&play->error);
    g_free(play->argument);
    g_free(play);
}

void play_print_error(const Play *play)
{
    gboolean named = play->scenario != NULL || play->origin.platform->label[0] != '\0';

    fprintf(stderr, "barshift: %s%s%s\n", named ? play->origin.name : "", named ? ": " : "",
            play->error->message);
}

static void say_step(const StepRecord *step, gpointer data)
{
    const Speaker *speaker = data;

    job_say(speaker->job, results_step_text(speaker->results, step));
}

/* Interrupted, and not by the user: somebody else has failed. */
static void blame_failure(Play *play, GCancellable *cancellable)
{
    if (g_error_matches(play->error, RUNNER_ERROR, RUNNER_ERROR_INTERRUPTED) &&
        !g_cancellable_is_cancelled(cancellable)) {
        g_clear_error(&play->error);
        g_set_error(&play->error, RUNNER_ERROR, RUNNER_ERROR_INTERRUPTED,
                    "called off, for another scenario has failed");
        play->called_off = TRUE;
    }
}

static gboolean work(Job *job, GCancellable *stop, gpointer data)
{
    const Session *session = data;
    Play *play = g_ptr_array_index(session->plays, job_nr(job));
    Speaker speaker = { .job = job, .results = session->results };
    RunOptions options = session->options->run;

    job_say(job, results_heading(session->results, play, job_nr(job) == 0));
    if (play->error != NULL) {
        return FALSE;
    }
    options.name = play->origin.name;
    options.parts = platform_parts(play->origin.platform, &options.parts);
    options.on_step = say_step;
    options.on_step_data = &speaker;
    play->result = engine_run(play->scenario, &options, stop, &play->error);
    if (play->result == NULL) {
        blame_failure(play, session->cancellable);
        return FALSE;
    }
    return play->result->judgement->pass;
}

static void clear_progress(Session *session)
{
    if (session->drawn) {
        fputs(CLEAR_LINE, stderr);
        session->drawn = FALSE;
    }
}

static void draw_progress(gpointer data)
{
    Session *session = data;
    g_autofree char *line = NULL;
    struct winsize size;

    if (session->progress != NULL) {
        if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
            size.ws_col = COLUMNS_DEFAULT;
        }
        line = progress_line(session->progress, g_get_monotonic_time(), size.ws_col);
        fprintf(stderr, CLEAR_LINE "%s", line);
        session->drawn = TRUE;
    }
}

static void began(guint nr, gpointer data)
{
    Session *session = data;

    if (session->progress != NULL) {
        progress_began(session->progress, nr, g_get_monotonic_time());
    }
}

static void ended(guint nr, gpointer data)
{
    Session *session = data;

    if (session->progress != NULL) {
        progress_ended(session->progress, nr, g_get_monotonic_time());
    }
    results_record(session->results, nr, g_ptr_array_index(session->plays, nr));
}

static void said(guint nr, const char *text, gpointer data)
{
    (void)nr;
    clear_progress(data);
    fputs(text, stdout);
    fflush(stdout);
}

static void closed(guint nr, gboolean begun, gpointer data)
{
    Session *session = data;
    const Play *play = g_ptr_array_index(session->plays, nr);

    clear_progress(session);
    if (begun) {
        results_print(session->results, nr, play);
    } else {
        results_print_not_run(session->results, nr, play);
    }
}

static Progress *progress_of(const Session *session, GPtrArray *names)
{
    for (guint i = 0; i < session->plays->len; i++) {
        const Play *play = g_ptr_array_index(session->plays, i);

        g_ptr_array_add(names, play->origin.name);
    }
    return progress_new((const char *const *)names->pdata, names->len, session->options->width);
}

void plays_run(GPtrArray *plays, const PlayOptions *options, Results *results,
               GCancellable *cancellable)
{
    static const JobHandlers handlers = {
        .work = work,
        .began = began,
        .ended = ended,
        .said = said,
        .closed = closed,
        .idle = draw_progress,
    };
    const JobPlan plan = {
        .count = plays->len, .width = options->width, .fail_fast = options->fail_fast
    };
    Session session = {
        .plays = plays, .options = options, .results = results, .cancellable = cancellable
    };
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(Progress) progress = options->progress ? progress_of(&session, names) : NULL;

    session.progress = progress;
    jobs_play(&plan, &handlers, &session, cancellable);
    clear_progress(&session);
}
