/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs that wait for one another, so that each row plays in one order only. A job that waits in
 * vain waits for ever, and the test's own deadline ends it.
 */
#include "jobs.h"

#define COUNT_MAX 8

typedef struct Stage Stage;

struct Stage {
    gboolean (*act)(Stage *stage, Job *job, GCancellable *stop);
    GCancellable *cancellable;
    GMutex mutex;
    GCond changed;
    /* under the mutex */
    guint running, most; /* at a time */
    guint begun;         /* how many */
    gboolean done[COUNT_MAX];
    guint heard;         /* pieces of text handed over */
    /* of the main thread: what the handlers were called with, in order */
    GString *said, *closed, *ended;
    guint not_begun;
};

static gboolean work(Job *job, GCancellable *stop, gpointer data)
{
    Stage *stage = data;
    gboolean passed;

    g_mutex_lock(&stage->mutex);
    stage->begun++;
    stage->running++;
    stage->most = MAX(stage->most, stage->running);
    g_cond_broadcast(&stage->changed);
    g_mutex_unlock(&stage->mutex);
    passed = stage->act(stage, job, stop);
    g_mutex_lock(&stage->mutex);
    stage->running--;
    g_cond_broadcast(&stage->changed);
    g_mutex_unlock(&stage->mutex);
    return passed;
}

static void began(guint nr, gpointer data)
{
    (void)nr;
    (void)data;
}

static void ended(guint nr, gpointer data)
{
    Stage *stage = data;

    g_string_append_printf(stage->ended, "%u", nr);
    g_mutex_lock(&stage->mutex);
    stage->done[nr] = TRUE;
    g_cond_broadcast(&stage->changed);
    g_mutex_unlock(&stage->mutex);
}

static void said(guint nr, const char *text, gpointer data)
{
    Stage *stage = data;

    (void)nr;
    g_string_append(stage->said, text);
    g_mutex_lock(&stage->mutex);
    stage->heard++;
    g_cond_broadcast(&stage->changed);
    g_mutex_unlock(&stage->mutex);
}

static void closed(guint nr, gboolean begun, gpointer data)
{
    Stage *stage = data;

    g_string_append_printf(stage->closed, "%u", nr);
    g_string_append_printf(stage->said, "%u.", nr);
    stage->not_begun += !begun;
}

/* Plays @plan; the caller looks at what is left in @stage. */
static void play(Stage *stage, const JobPlan *plan)
{
    static const JobHandlers handlers = {
        .work = work, .began = began, .ended = ended, .said = said, .closed = closed,
    };

    stage->cancellable = g_cancellable_new();
    stage->said = g_string_new(NULL);
    stage->closed = g_string_new(NULL);
    stage->ended = g_string_new(NULL);
    jobs_play(plan, &handlers, stage, stage->cancellable);
    /* whatever happened: every thread has ended, every job is closed, in order */
    g_assert_cmpuint(stage->running, ==, 0);
    g_assert_cmpuint(stage->closed->len, ==, plan->count);
    for (guint i = 0; i < plan->count; i++) {
        g_assert_cmpint(stage->closed->str[i], ==, '0' + (int)i);
    }
}

static void clear(Stage *stage)
{
    g_object_unref(stage->cancellable);
    g_string_free(stage->said, TRUE);
    g_string_free(stage->closed, TRUE);
    g_string_free(stage->ended, TRUE);
    g_mutex_clear(&stage->mutex);
    g_cond_clear(&stage->changed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stage, clear)

static void wait_until(Stage *stage, const guint *counter, guint value)
{
    g_mutex_lock(&stage->mutex);
    while (*counter < value) {
        g_cond_wait(&stage->changed, &stage->mutex);
    }
    g_mutex_unlock(&stage->mutex);
}

static void wait_done(Stage *stage, guint nr)
{
    g_mutex_lock(&stage->mutex);
    while (!stage->done[nr]) {
        g_cond_wait(&stage->changed, &stage->mutex);
    }
    g_mutex_unlock(&stage->mutex);
}

static void wait_stop(GCancellable *stop)
{
    GPollFD fd;

    g_assert_true(g_cancellable_make_pollfd(stop, &fd));
    while (!g_cancellable_is_cancelled(stop)) {
        g_poll(&fd, 1, -1);
    }
    g_cancellable_release_fd(stop);
}

static void say(Job *job, const char *text)
{
    job_say(job, g_strdup_printf("%u%s ", job_nr(job), text));
}

/* Each but the last one ends after the next one. */
static gboolean end_backwards(Stage *stage, Job *job, GCancellable *stop)
{
    (void)stop;
    say(job, "a");
    if (job_nr(job) < 3) {
        wait_done(stage, job_nr(job) + 1);
    }
    say(job, "b");
    return TRUE;
}

static void test_says_in_order(void)
{
    g_auto(Stage) stage = { .act = end_backwards };

    play(&stage, &(JobPlan) { .count = 4, .width = 4 });
    g_assert_cmpstr(stage.ended->str, ==, "3210");
    g_assert_cmpstr(stage.said->str, ==, "0a 0b 0.1a 1b 1.2a 2b 2.3a 3b 3.");
}

/*
 * The first one goes on when its word has been heard, though it has not ended; the second one has
 * said its own before.
 */
static gboolean be_heard(Stage *stage, Job *job, GCancellable *stop)
{
    (void)stop;
    if (job_nr(job) == 0) {
        wait_done(stage, 1);
        say(job, "a");
        wait_until(stage, &stage->heard, 1);
    }
    say(job, "b");
    return TRUE;
}

static void test_says_at_once_when_first(void)
{
    g_auto(Stage) stage = { .act = be_heard };

    play(&stage, &(JobPlan) { .count = 2, .width = 2 });
    g_assert_cmpstr(stage.said->str, ==, "0a 0b 0.1b 1.");
}

/* Three at a time must come together, and a fourth must not. */
static gboolean meet(Stage *stage, Job *job, GCancellable *stop)
{
    (void)stop;
    wait_until(stage, &stage->begun, job_nr(job) < 3 ? 3 : 6);
    return TRUE;
}

static void test_keeps_to_the_width(void)
{
    g_auto(Stage) stage = { .act = meet };

    play(&stage, &(JobPlan) { .count = 6, .width = 3 });
    g_assert_cmpuint(stage.begun, ==, 6);
    g_assert_cmpuint(stage.most, ==, 3);
}

static gboolean just_end(Stage *stage, Job *job, GCancellable *stop)
{
    (void)stage;
    (void)stop;
    say(job, "a");
    return TRUE;
}

static void test_plays_one_at_a_time(void)
{
    g_auto(Stage) stage = { .act = just_end };

    play(&stage, &(JobPlan) { .count = 4, .width = 1 });
    g_assert_cmpuint(stage.most, ==, 1);
    g_assert_cmpstr(stage.ended->str, ==, "0123");
    g_assert_cmpstr(stage.said->str, ==, "0a 0.1a 1.2a 2.3a 3.");
}

static gboolean fail_second(Stage *stage, Job *job, GCancellable *stop)
{
    (void)stage;
    g_assert_false(g_cancellable_is_cancelled(stop));
    return job_nr(job) != 1;
}

static void test_goes_on_after_a_failure(void)
{
    g_auto(Stage) stage = { .act = fail_second };

    play(&stage, &(JobPlan) { .count = 5, .width = 2 });
    g_assert_cmpuint(stage.begun, ==, 5);
    g_assert_cmpuint(stage.not_begun, ==, 0);
    g_assert_false(g_cancellable_is_cancelled(stage.cancellable));
}

/* The second one fails while the first one waits to be stopped. */
static gboolean fail_beside(Stage *stage, Job *job, GCancellable *stop)
{
    say(job, "a");
    wait_until(stage, &stage->begun, 2);
    if (job_nr(job) == 0) {
        wait_stop(stop);
        say(job, "stopped");
    }
    return FALSE;
}

static void test_fails_fast(void)
{
    g_auto(Stage) stage = { .act = fail_beside };

    play(&stage, &(JobPlan) { .count = 5, .width = 2, .fail_fast = TRUE });
    g_assert_cmpuint(stage.begun, ==, 2);
    g_assert_cmpuint(stage.not_begun, ==, 3);
    g_assert_cmpstr(stage.said->str, ==, "0a 0stopped 0.1a 1.2.3.4.");
    /* what the user may cancel tells whether the user has */
    g_assert_false(g_cancellable_is_cancelled(stage.cancellable));
}

/* The second one is as the user who interrupts. */
static gboolean be_interrupted(Stage *stage, Job *job, GCancellable *stop)
{
    wait_until(stage, &stage->begun, 2);
    if (job_nr(job) == 1) {
        g_cancellable_cancel(stage->cancellable);
    }
    wait_stop(stop);
    return FALSE;
}

static void test_is_cancelled(void)
{
    g_auto(Stage) stage = { .act = be_interrupted };

    play(&stage, &(JobPlan) { .count = 6, .width = 2 });
    g_assert_cmpuint(stage.begun, ==, 2);
    g_assert_cmpuint(stage.not_begun, ==, 4);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/jobs/says-in-order", test_says_in_order);
    g_test_add_func("/jobs/says-at-once-when-first", test_says_at_once_when_first);
    g_test_add_func("/jobs/keeps-to-the-width", test_keeps_to_the_width);
    g_test_add_func("/jobs/plays-one-at-a-time", test_plays_one_at_a_time);
    g_test_add_func("/jobs/goes-on-after-a-failure", test_goes_on_after_a_failure);
    g_test_add_func("/jobs/fails-fast", test_fails_fast);
    g_test_add_func("/jobs/is-cancelled", test_is_cancelled);
    return g_test_run();
}
