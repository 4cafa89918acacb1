/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jobs.h"

/* Often enough for a display that counts seconds */
#define IDLE_US (G_USEC_PER_SEC / 2)

typedef struct Jobs Jobs;

struct Job {
    Jobs *jobs;
    guint nr;
    /* of the thread that hands over */
    GString *held; /* said, and not yet handed over */
    gboolean begun, over;
};

struct Jobs {
    const JobPlan *plan;
    const JobHandlers *handlers;
    gpointer data;
    GCancellable *stop;
    GAsyncQueue *events; /* (element-type Event) */
    Job *jobs;
    guint closed; /* those below have been */
};

typedef enum EventKind { EVENT_BEGAN, EVENT_SAID, EVENT_ENDED, EVENT_NOT_BEGUN } EventKind;

typedef struct Event {
    EventKind kind;
    Job *job;
    char *text; /* EVENT_SAID */
} Event;

static void event_free(gpointer data)
{
    Event *event = data;

    g_free(event->text);
    g_free(event);
}

static void post(Job *job, EventKind kind, char *text)
{
    Event *event = g_new0(Event, 1);

    event->kind = kind;
    event->job = job;
    event->text = text;
    g_async_queue_push(job->jobs->events, event);
}

guint job_nr(const Job *job)
{
    return job->nr;
}

void job_say(Job *job, char *text)
{
    post(job, EVENT_SAID, text);
}

static void work(gpointer item, gpointer data)
{
    Job *job = item;
    Jobs *jobs = data;

    if (g_cancellable_is_cancelled(jobs->stop)) {
        post(job, EVENT_NOT_BEGUN, NULL);
        return;
    }
    post(job, EVENT_BEGAN, NULL);
    if (!jobs->handlers->work(job, jobs->stop, jobs->data) && jobs->plan->fail_fast) {
        g_cancellable_cancel(jobs->stop);
    }
    post(job, EVENT_ENDED, NULL);
}

static void take_event(Jobs *jobs, const Event *event)
{
    Job *job = event->job;

    switch (event->kind) {
    case EVENT_BEGAN:
        job->begun = TRUE;
        jobs->handlers->began(job->nr, jobs->data);
        break;
    case EVENT_SAID:
        g_string_append(job->held, event->text);
        break;
    case EVENT_ENDED:
        job->over = TRUE;
        jobs->handlers->ended(job->nr, jobs->data);
        break;
    case EVENT_NOT_BEGUN:
        job->over = TRUE;
        break;
    }
}

static void hand_over(Jobs *jobs)
{
    for (; jobs->closed < jobs->plan->count; jobs->closed++) {
        Job *job = &jobs->jobs[jobs->closed];

        if (job->held->len > 0) {
            jobs->handlers->said(job->nr, job->held->str, jobs->data);
            g_string_truncate(job->held, 0);
        }
        if (!job->over) {
            return;
        }
        jobs->handlers->closed(job->nr, job->begun, jobs->data);
    }
}

static void serve(Jobs *jobs)
{
    while (jobs->closed < jobs->plan->count) {
        Event *event = g_async_queue_timeout_pop(jobs->events, IDLE_US);

        if (event != NULL) {
            take_event(jobs, event);
            event_free(event);
            hand_over(jobs);
        }
        if (jobs->handlers->idle != NULL && g_async_queue_length(jobs->events) <= 0) {
            jobs->handlers->idle(jobs->data);
        }
    }
}

static void stop_cancelled(GCancellable *cancellable, gpointer stop)
{
    (void)cancellable;
    g_cancellable_cancel(stop);
}

/*
 * The threads are the pool's own and end with it: QEMU is killed when the thread that started it
 * ends, so none may go while its job is under way, nor stay behind afterwards.
 */
static void play(Jobs *jobs)
{
    GThreadPool *pool = g_thread_pool_new(work, jobs, (gint)jobs->plan->width, TRUE, NULL);

    for (guint i = 0; i < jobs->plan->count; i++) {
        jobs->jobs[i] = (Job) { .jobs = jobs, .nr = i, .held = g_string_new(NULL) };
        g_thread_pool_push(pool, &jobs->jobs[i], NULL);
    }
    serve(jobs);
    g_thread_pool_free(pool, FALSE, TRUE);
}

void jobs_play(const JobPlan *plan, const JobHandlers *handlers, gpointer data,
               GCancellable *cancellable)
{
    g_autoptr(GCancellable) stop = g_cancellable_new();
    g_autoptr(GAsyncQueue) events = g_async_queue_new_full(event_free);
    Jobs jobs = {
        .plan = plan,
        .handlers = handlers,
        .data = data,
        .stop = stop,
        .events = events,
        .jobs = g_new0(Job, plan->count),
    };
    gulong link = g_cancellable_connect(cancellable, G_CALLBACK(stop_cancelled), stop, NULL);

    play(&jobs);
    g_cancellable_disconnect(cancellable, link);
    for (guint i = 0; i < plan->count; i++) {
        g_string_free(jobs.jobs[i].held, TRUE);
    }
    g_free(jobs.jobs);
}
