/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "driver-model.h"
#include "models.h"

#define STEP_REPEATED (STEP_INTERRUPTS | STEP_EACH_REQUEST | STEP_EACH_STREAM | \
                       STEP_EACH_SUBDEVICE | STEP_HELD_REQUESTS)

const DriverModel *const driver_models[] = {
    &model_wdm, &model_kmdf, &model_ndis, &model_storport, &model_wddm, &model_portcls, &model_acx,
};

const unsigned driver_model_count = sizeof(driver_models) / sizeof(driver_models[0]);

static const char *const work_names[WORK_KINDS] = {
    [WORK_NONE] = "none",
    [WORK_DECIDE] = "decide",
    [WORK_DECLARE_PENDING] = "declare-pending",
    [WORK_DECLARE_STARTED] = "declare-started",
    [WORK_HOLD_CREATES] = "hold-creates",
    [WORK_RELEASE_CREATES] = "release-creates",
    [WORK_HOLD_IO] = "hold-io",
    [WORK_REJECT_IO] = "reject-io",
    [WORK_SUSPEND_IO] = "suspend-io",
    [WORK_DRAIN_IO] = "drain-io",
    [WORK_RELEASE_IO] = "release-io",
    [WORK_FAIL_IO] = "fail-io",
    [WORK_STOP_STREAM] = "stop-stream",
    [WORK_PAUSE_STREAM] = "pause-stream",
    [WORK_RESUME_STREAM] = "resume-stream",
    [WORK_STOP_DMA] = "stop-dma",
    [WORK_START_DMA] = "start-dma",
    [WORK_DISABLE_INTERRUPTS] = "disable-interrupts",
    [WORK_ENABLE_INTERRUPTS] = "enable-interrupts",
    [WORK_SAVE_STATE] = "save-state",
    [WORK_RESTORE_STATE] = "restore-state",
    [WORK_QUIET] = "quiet",
    [WORK_RELEASE_HARDWARE] = "release-hardware",
    [WORK_PREPARE_HARDWARE] = "prepare-hardware",
    [WORK_UNPREPARE_HARDWARE] = "unprepare-hardware",
    [WORK_DISABLE_INTERFACES] = "disable-interfaces",
    [WORK_CLOSE_HANDLES] = "close-handles",
    [WORK_REJECT_CREATES] = "reject-creates",
};

const char *driver_work_name(DriverWork work)
{
    return work_names[work];
}

const DriverModel *driver_model_find(const char *name)
{
    for (unsigned i = 0; i < driver_model_count; i++) {
        if (strcmp(driver_models[i]->name, name) == 0) {
            return driver_models[i];
        }
    }
    return NULL;
}

/** struct Walk - the way through the steps of one request */
typedef struct Walk {
    PnpRequest request;
    const DriverHooks *hooks;
    Situation now;   /* requests change on the way */
    bool done;       /* the callback before was called and did not fail */
    int result;      /* not 0: a step has ended the request */
} Walk;

/* NULL: there is no reason to refuse */
static const char *veto_reason(StepVeto veto, const Situation *now)
{
    switch (veto) {
    case VETO_NONE:
        break;
    case VETO_PAGING_PATH:
        return now->paging_path ? "it is in the path of a paging, hibernation or dump file" : NULL;
    case VETO_NO_STOP:
        return now->no_stop ? "it was declared that it cannot be stopped" : NULL;
    case VETO_RUNNING_STREAM:
        return now->streams_running != 0 ? "a stream runs" : NULL;
    case VETO_AUDIO:
        if (now->other_ports) {
            return "a port is neither Topology nor WaveRT";
        }
        return now->streams != 0 && !now->packet_streams && now->position_register
                   ? "a stream is open, and a register may be mapped into its client"
                   : NULL;
    case VETO_ALWAYS:
        return "an option says so";
    }
    return NULL;
}

static bool step_applies(const Walk *walk, const ModelStep *step)
{
    const Situation *now = &walk->now;
    const struct {
        StepWhen when;
        bool holds;
    } conditions[] = {
        { STEP_DMA, now->dma },
        { STEP_FIRST_START, now->first_start },
        { STEP_RESTART, !now->first_start },
        { STEP_START_TO_START, now->start_to_start },
        { STEP_POST_DISPLAY, now->post_display },
        { STEP_CHILD_LIST, now->child_list },
        { STEP_PULLED, now->pulled },
        { STEP_UNLESS_DONE, !walk->done },
    };

    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        if ((step->when & conditions[i].when) != 0 && !conditions[i].holds) {
            return false;
        }
    }
    return (now->options & step->with) == step->with && (now->options & step->without) == 0 &&
           ((step->when & STEP_AFTER_FAILURE) != 0) == (walk->result != 0);
}

static unsigned step_times(const Situation *now, const ModelStep *step)
{
    switch (step->when & STEP_REPEATED) {
    case STEP_INTERRUPTS:
        return now->interrupts;
    case STEP_EACH_REQUEST:
        return now->requests;
    case STEP_EACH_STREAM:
        return now->streams;
    case STEP_EACH_SUBDEVICE:
        return now->subdevices;
    case STEP_HELD_REQUESTS:
        return now->held_requests;
    default:
        return 1;
    }
}

static void event_note(const Walk *walk, TraceEvent *event)
{
    event->time_ns = clock_now_ns();
    event->request = walk->request;
    walk->hooks->note(walk->hooks->context, event);
}

static void request_note(const Walk *walk, const char *callback, TraceStatus status)
{
    TraceEvent event = { .driver = TRACE_PNP, .status = status };

    strcpy(event.callback, callback);
    if (strcmp(callback, TRACE_SENT) == 0) {
        situation_text(&walk->now, event.detail, sizeof(event.detail));
    }
    event_note(walk, &event);
}

static void detail_add(TraceEvent *event, const char *text)
{
    size_t length = strlen(event->detail);

    snprintf(event->detail + length, sizeof(event->detail) - length, "%s%s",
             length == 0 || text[0] == '\0' ? "" : " ", text);
}

static void requests_recount(Walk *walk, DriverWork work, TraceEvent *event)
{
    char text[32];

    if ((work == WORK_HOLD_IO || work == WORK_REJECT_IO) && walk->hooks->under_way) {
        walk->now.requests = walk->hooks->under_way(walk->hooks->context);
        snprintf(text, sizeof(text), "requests=%u", walk->now.requests);
        detail_add(event, text);
    }
}

/* Does the work of one line; what it says goes into the event */
static void step_take(Walk *walk, const ModelStep *step, unsigned index, TraceEvent *event)
{
    char said[TRACE_DETAIL_SIZE] = "";
    const char *reason = veto_reason(step->veto, &walk->now);
    int result = reason ? -EBUSY
                        : walk->hooks->work(walk->hooks->context, step, index, said);
    TraceStatus status = result == 0 ? TRACE_OK
                         : result == -EBUSY && walk->request == PNP_QUERY_STOP ? TRACE_REFUSED
                                                                               : TRACE_FAILED;

    detail_add(event, reason ? reason : said);
    if (status == TRACE_OK) {
        walk->now.held_requests += step->work == WORK_SUSPEND_IO;
        requests_recount(walk, step->work, event);
        return;
    }
    event->status = status;
    if (step->may_fail) {
        walk->result = status == TRACE_REFUSED ? -EBUSY : -EIO;
    }
}

/* One callback: @steps are its lines */
static void callback_run(Walk *walk, const ModelStep *steps, unsigned count, unsigned index)
{
    TraceEvent event = { .status = TRACE_OK };
    bool called = false;

    snprintf(event.driver, sizeof(event.driver), "%s", steps->driver);
    snprintf(event.callback, sizeof(event.callback), "%s", steps->callback);
    if ((steps->when & STEP_REPEATED) != 0) {
        snprintf(event.detail, sizeof(event.detail), "#%u", index);
    }
    for (unsigned i = 0; i < count; i++) {
        if (step_applies(walk, &steps[i])) {
            if (!called && steps[i].detail) {
                detail_add(&event, steps[i].detail);
            }
            called = true;
            step_take(walk, &steps[i], index, &event);
        }
    }
    if (called) {
        event_note(walk, &event);
    }
    walk->done = called && event.status == TRACE_OK;
}

int model_run(const DriverModel *model, PnpRequest request, const Situation *situation,
              const DriverHooks *hooks)
{
    Walk walk = { .request = request, .hooks = hooks, .now = *situation };
    const ModelStep *steps = model->steps[request];
    unsigned lines;

    request_note(&walk, TRACE_SENT, TRACE_OK);
    for (unsigned first = 0; first < model->step_counts[request]; first += lines) {
        unsigned times = step_times(&walk.now, &steps[first]);

        for (lines = 1; steps[first + lines - 1].part; lines++) {
        }
        for (unsigned index = 0; index < times; index++) {
            callback_run(&walk, &steps[first], lines, index);
        }
    }
    request_note(&walk, TRACE_COMPLETED,
                 walk.result == 0 ? TRACE_OK
                                  : walk.result == -EBUSY ? TRACE_REFUSED : TRACE_FAILED);
    return walk.result;
}
