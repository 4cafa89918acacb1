/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traces, situations, and what each model makes of the requests of the golden traces. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define TOLD "told so"

static const char *fixtures;
static const char *page;

/* Traces and situations */

static void test_line(void **state)
{
    static const char *const lines[] = {
        "1234567890 stop function EvtDeviceD0Exit ok WdfPowerDeviceD3Final",
        "18446744073709551615 query-stop function EvtDeviceQueryStop refused an application",
        "0 surprise-removal bus IRP_MN_SURPRISE_REMOVAL failed",
    };
    TraceEvent event;
    char line[TRACE_LINE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_int_equal(trace_line_parse(lines[i], &event), 0);
        trace_line(&event, line);
        assert_string_equal(line, lines[i]);
    }
    assert_int_equal(event.request, PNP_SURPRISE_REMOVAL);
    assert_int_equal(event.status, TRACE_FAILED);
    assert_string_equal(event.driver, "bus");
    assert_string_equal(event.detail, "");
    strcpy(event.detail, "two\nlines");
    trace_line(&event, line);
    assert_non_null(strstr(line, " failed two lines"));
}

static void test_line_broken(void **state)
{
    static const char *const lines[] = {
        "", "1", "1 stop", "1 stop function EvtDeviceD0Exit", "x stop function Evt ok",
        "-1 stop function Evt ok", "18446744073709551616 stop function Evt ok",
        "1 pause function Evt ok", "1 stop function Evt good", "1  stop function Evt ok",
    };
    char line[TRACE_LINE_SIZE * 2];
    TraceEvent event;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_int_equal(trace_line_parse(lines[i], &event), -EINVAL);
    }
    snprintf(line, sizeof(line), "1 stop function Evt ok %0*d", TRACE_DETAIL_SIZE - 1, 0);
    assert_int_equal(trace_line_parse(line, &event), 0);
    snprintf(line, sizeof(line), "1 stop function Evt ok %0*d", TRACE_DETAIL_SIZE, 0);
    assert_int_equal(trace_line_parse(line, &event), -EINVAL);
    snprintf(line, sizeof(line), "1 stop function %0*d ok", TRACE_WORD_SIZE, 0);
    assert_int_equal(trace_line_parse(line, &event), -EINVAL);
}

static void test_situation(void **state)
{
    static const char all[] =
        "first-start start-to-start pulled dma paging-path no-stop packet-streams "
        "position-register other-ports post-display child-list interrupts=1 requests=2 "
        "held-requests=3 streams=4 running=5 subdevices=6 handles=7 pause-at=stop "
        "creates=failed io=rejected";
    char text[TRACE_DETAIL_SIZE * 2];
    Situation situation;

    (void)state;
    assert_int_equal(situation_parse(all, &situation), 0);
    assert_int_equal(situation.held_requests, 3);
    assert_int_equal(situation.options,
                     OPTION_PAUSE_AT_STOP | OPTION_CREATES_FAILED | OPTION_IO_REJECTED);
    situation_text(&situation, text, sizeof(text));
    assert_string_equal(text, all);
    assert_int_equal(situation_parse("", &situation), 0);
    situation_text(&situation, text, sizeof(text));
    assert_string_equal(text, "");
    assert_int_equal(situation_parse("requests=", &situation), -EINVAL);
    assert_int_equal(situation_parse("requests=2x", &situation), -EINVAL);
    assert_int_equal(situation_parse("request=2", &situation), -EINVAL);
    assert_int_equal(situation_parse("pause-at=once", &situation), -EINVAL);
}

static void test_options(void **state)
{
    unsigned options = 0;

    (void)state;
    assert_int_equal(option_parse("objection=ignored", &options), OPTION_OBJECTION_IGNORED);
    assert_int_equal(option_parse("query=refused", &options), OPTION_QUERY_REFUSED);
    assert_int_equal(option_parse("objection=honoured", &options), OPTION_OBJECTION_IGNORED);
    assert_int_equal(options, OPTION_QUERY_REFUSED);
    assert_int_equal(option_parse("objection", &options), -EINVAL);
}

/* Golden traces */

/** struct Replay - a driver that refuses and fails where the golden trace does */
typedef struct Replay {
    const Golden *golden;
    size_t at;        /* the event that has to come next */
    bool told;        /* it was told what is wrong */
    bool called;      /* a step of it was called */
    bool source_seen; /* and one of them has its source */
} Replay;

static int replay_work(void *context, const ModelStep *step, unsigned index, char *detail)
{
    Replay *replay = context;
    const TraceEvent *next = &replay->golden->trace.events[replay->at];
    bool same = replay->at < replay->golden->trace.count &&
                strcmp(next->callback, step->callback) == 0;

    (void)index;
    assert_string_equal(detail, "");
    replay->called = true;
    replay->source_seen = replay->source_seen ||
                          strcmp(step->source, replay->golden->sources[replay->at]) == 0;
    if (!same || next->status == TRACE_OK || replay->told || !strstr(next->detail, TOLD)) {
        return 0;
    }
    replay->told = true;
    strcpy(detail, TOLD);
    return next->status == TRACE_REFUSED ? -EBUSY : -EIO;
}

static void replay_note(void *context, const TraceEvent *event)
{
    Replay *replay = context;
    const Golden *golden = replay->golden;
    TraceEvent timeless = *event;
    char seen[TRACE_LINE_SIZE];
    char wanted[TRACE_LINE_SIZE];

    assert_in_range(replay->at, 0, golden->trace.count - 1);
    assert_true(event->time_ns > 0);
    timeless.time_ns = replay->at;
    trace_line(&timeless, seen);
    trace_line(&golden->trace.events[replay->at], wanted);
    if (strcmp(seen, wanted) != 0 || (replay->called && !replay->source_seen)) {
        fail_msg("%s: expected %s [%s], seen %s", golden->name, wanted,
                 golden->sources[replay->at], seen);
    }
    replay->at++;
    replay->told = replay->called = replay->source_seen = false;
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < golden_count; i++) {
        Golden *golden = golden_read(fixtures, golden_names[i]);
        Replay replay = { .golden = golden };
        DriverHooks hooks = { .work = replay_work, .note = replay_note, .context = &replay };

        while (replay.at < golden->trace.count) {
            const TraceEvent *sent = &golden->trace.events[replay.at];
            const TraceEvent *completed;
            Situation situation;
            int result;

            assert_string_equal(sent->callback, TRACE_SENT);
            assert_int_equal(situation_parse(sent->detail, &situation), 0);
            assert_int_equal(situation.options & ~golden->model->options, 0);
            result = model_run(golden->model, sent->request, &situation, &hooks);
            completed = &golden->trace.events[replay.at - 1];
            assert_string_equal(completed->callback, TRACE_COMPLETED);
            assert_int_equal(result, completed->status == TRACE_OK        ? 0
                                     : completed->status == TRACE_REFUSED ? -EBUSY
                                                                          : -EIO);
        }
        golden_free(golden);
    }
}

/* What a driver has to do, whatever its framework is called: one list of works a request */

typedef struct Works {
    char text[1024];
    DriverWork fails;     /* WORK_NONE: none does */
    int error;            /* 0: -EIO */
    unsigned under_way;
    TraceEvent last_but_one; /* before the completion */
} Works;

static int works_work(void *context, const ModelStep *step, unsigned index, char *detail)
{
    Works *works = context;

    (void)index;
    (void)detail;
    if (step->work != WORK_NONE) {
        strcat(works->text, works->text[0] == '\0' ? "" : " ");
        strcat(works->text, driver_work_name(step->work));
    }
    if (step->work == WORK_NONE || step->work != works->fails) {
        return 0;
    }
    return works->error != 0 ? works->error : -EIO;
}

static void works_note(void *context, const TraceEvent *event)
{
    Works *works = context;

    if (strcmp(event->driver, TRACE_PNP) != 0) {
        works->last_but_one = *event;
    }
}

static unsigned works_under_way(void *context)
{
    return ((const Works *)context)->under_way;
}

typedef struct WorksRow {
    const char *model;
    PnpRequest request;
    const char *situation;
    DriverWork fails;
    int result;
    const char *works;
} WorksRow;

static const WorksRow works_rows[] = {
    { "wdm", PNP_QUERY_STOP, "", WORK_NONE, 0,
      "decide decide hold-creates hold-io drain-io declare-pending" },
    { "wdm", PNP_QUERY_STOP, "pause-at=stop creates=failed", WORK_NONE, 0,
      "decide decide reject-creates" },
    { "wdm", PNP_QUERY_STOP, "io=rejected", WORK_NONE, 0,
      "decide decide hold-creates reject-io drain-io declare-pending" },
    /* Requests that do not end are a reason to refuse */
    { "wdm", PNP_QUERY_STOP, "", WORK_DRAIN_IO, -EIO,
      "decide decide hold-creates hold-io drain-io" },
    { "wdm", PNP_CANCEL_STOP, "", WORK_NONE, 0, "declare-started release-io release-creates" },
    { "wdm", PNP_STOP, "dma", WORK_NONE, 0,
      "stop-dma disable-interrupts save-state quiet release-hardware" },
    { "wdm", PNP_STOP, "pause-at=stop", WORK_NONE, 0,
      "hold-io drain-io declare-pending disable-interrupts save-state quiet release-hardware" },
    /* STOP may not fail, and what is behind a failure is done all the same */
    { "wdm", PNP_STOP, "", WORK_SAVE_STATE, 0,
      "disable-interrupts save-state quiet release-hardware" },
    { "wdm", PNP_START, "dma", WORK_NONE, 0,
      "prepare-hardware restore-state enable-interrupts start-dma release-io release-creates" },
    { "wdm", PNP_START, "dma", WORK_PREPARE_HARDWARE, -EIO, "prepare-hardware" },
    { "wdm", PNP_START, "start-to-start", WORK_NONE, 0,
      "hold-io drain-io disable-interrupts save-state quiet release-hardware prepare-hardware "
      "restore-state enable-interrupts release-io release-creates" },
    { "wdm", PNP_SURPRISE_REMOVAL, "", WORK_NONE, 0,
      "fail-io unprepare-hardware disable-interfaces" },
    { "kmdf", PNP_QUERY_STOP, "", WORK_NONE, 0, "decide" },
    { "kmdf", PNP_CANCEL_STOP, "", WORK_NONE, 0, "" },
    { "kmdf", PNP_STOP, "dma interrupts=1 requests=1", WORK_NONE, 0,
      "hold-io suspend-io stop-dma disable-interrupts save-state quiet release-hardware" },
    { "kmdf", PNP_START, "dma interrupts=1 held-requests=1", WORK_NONE, 0,
      "prepare-hardware restore-state enable-interrupts start-dma release-io" },
    { "kmdf", PNP_START, "dma interrupts=1", WORK_ENABLE_INTERRUPTS, -EIO,
      "prepare-hardware restore-state enable-interrupts hold-io drain-io unprepare-hardware "
      "disable-interfaces fail-io" },
    { "kmdf", PNP_REMOVE, "", WORK_NONE, 0, "close-handles" },
    { "ndis", PNP_STOP, "dma", WORK_NONE, 0,
      "reject-io drain-io declare-pending stop-dma disable-interrupts quiet release-hardware" },
    { "ndis", PNP_START, "dma", WORK_NONE, 0,
      "prepare-hardware start-dma enable-interrupts release-io" },
    { "ndis", PNP_START, "dma", WORK_ENABLE_INTERRUPTS, -EIO,
      "prepare-hardware start-dma enable-interrupts unprepare-hardware" },
    { "storport", PNP_STOP, "", WORK_NONE, 0,
      "hold-io drain-io declare-pending disable-interrupts save-state quiet release-hardware" },
    { "storport", PNP_STOP, "stop-adapter=skipped", WORK_NONE, 0,
      "hold-io drain-io declare-pending disable-interrupts save-state quiet release-hardware" },
    { "storport", PNP_START, "find-adapter=skipped", WORK_NONE, 0,
      "prepare-hardware restore-state enable-interrupts release-io" },
    { "wddm", PNP_QUERY_STOP, "", WORK_NONE, 0, "" },
    { "wddm", PNP_STOP, "dma", WORK_NONE, 0,
      "hold-io drain-io declare-pending save-state stop-dma disable-interrupts quiet "
      "release-hardware" },
    { "wddm", PNP_START, "", WORK_NONE, 0,
      "prepare-hardware enable-interrupts restore-state release-io" },
    { "portcls", PNP_QUERY_STOP, "", WORK_NONE, 0, "decide hold-creates" },
    { "portcls", PNP_CANCEL_STOP, "", WORK_NONE, 0, "release-creates" },
    { "portcls", PNP_STOP, "streams=1", WORK_NONE, 0,
      "stop-stream reject-io fail-io disable-interfaces declare-pending disable-interrupts "
      "save-state quiet release-hardware" },
    { "portcls", PNP_START, "streams=1", WORK_NONE, 0,
      "prepare-hardware restore-state enable-interrupts release-io release-creates" },
    { "acx", PNP_STOP, "streams=1", WORK_NONE, 0,
      "hold-io pause-stream save-state quiet release-hardware" },
    { "acx", PNP_START, "streams=1", WORK_NONE, 0,
      "prepare-hardware restore-state resume-stream release-io" },
};

static void test_works(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(works_rows) / sizeof(works_rows[0]); i++) {
        const WorksRow *row = &works_rows[i];
        Works works = { .fails = row->fails };
        DriverHooks hooks = { .work = works_work, .note = works_note, .context = &works };
        Situation situation;

        assert_int_equal(situation_parse(row->situation, &situation), 0);
        assert_int_equal(
            model_run(driver_model_find(row->model), row->request, &situation, &hooks),
            row->result);
        if (strcmp(works.text, row->works) != 0) {
            fail_msg("%s %s \"%s\": expected %s, seen %s", row->model,
                     pnp_request_name(row->request), row->situation, row->works, works.text);
        }
    }
}

/* Between a request's arrival and the halt of its queue some came and some went */
static void test_recounted(void **state)
{
    static const char *const lines[] = { "requests=3", "#2 WdfRequestStopActionSuspend" };
    Works works = { .under_way = 3 };
    DriverHooks hooks = { works_work, works_note, works_under_way, &works };
    Situation situation = { .requests = 1 };
    const ModelStep steps[] = {
        { .driver = "kmdf", .callback = "queues-stop", .work = WORK_HOLD_IO },
        { .driver = "function", .callback = "EvtIoStop", .work = WORK_SUSPEND_IO,
          .when = STEP_EACH_REQUEST, .detail = "WdfRequestStopActionSuspend" },
        { .driver = "function", .callback = "EvtIoResume", .work = WORK_NONE,
          .when = STEP_HELD_REQUESTS },
    };
    DriverModel model = { .steps[PNP_START] = steps };

    (void)state;
    for (unsigned count = 1; count <= 2; count++) {
        model.step_counts[PNP_START] = count;
        assert_int_equal(model_run(&model, PNP_START, &situation, &hooks), 0);
        assert_string_equal(works.last_but_one.detail, lines[count - 1]);
    }
    /* Those that the same request has suspended are held */
    model.step_counts[PNP_START] = 3;
    assert_int_equal(model_run(&model, PNP_START, &situation, &hooks), 0);
    assert_string_equal(works.last_but_one.detail, "#2");
}

/* A failure that ends nothing is noted, and the callback does the rest of its work */
static void test_noted(void **state)
{
    Works works = { .fails = WORK_QUIET };
    DriverHooks hooks = { works_work, works_note, NULL, &works };
    const ModelStep steps[] = {
        { .driver = "function", .callback = "EvtDeviceD0Exit", .work = WORK_QUIET, .part = true },
        { .driver = "function", .callback = "EvtDeviceD0Exit", .work = WORK_SAVE_STATE },
    };
    DriverModel model = {
        .steps[PNP_STOP] = steps, .step_counts[PNP_STOP] = 2,
    };

    (void)state;
    assert_int_equal(model_run(&model, PNP_STOP, &(Situation) { 0 }, &hooks), 0);
    assert_int_equal(works.last_but_one.status, TRACE_FAILED);
    assert_string_equal(works.text, "quiet save-state");
}

/* Only QUERY_STOP can be refused */
static void test_busy(void **state)
{
    Works works = { .fails = WORK_PREPARE_HARDWARE, .error = -EBUSY };
    DriverHooks hooks = { works_work, works_note, NULL, &works };

    (void)state;
    assert_int_equal(
        model_run(driver_model_find("kmdf"), PNP_START, &(Situation) { 0 }, &hooks), -EIO);
    works.fails = WORK_DECIDE;
    assert_int_equal(
        model_run(driver_model_find("kmdf"), PNP_QUERY_STOP, &(Situation) { 0 }, &hooks),
        -EBUSY);
    assert_int_equal(works.last_but_one.status, TRACE_REFUSED);
}

/* Tables */

static void step_check(const DriverModel *model, const ModelStep *step, const char *text)
{
    char key[GOLDEN_SOURCE_SIZE + 4];

    assert_in_range(strlen(step->driver), 1, TRACE_WORD_SIZE - 1);
    assert_in_range(strlen(step->callback), 1, TRACE_WORD_SIZE - 1);
    assert_null(strchr(step->callback, ' '));
    snprintf(key, sizeof(key), "| %s |", step->source);
    if (!strstr(text, key)) {
        fail_msg("%s: %s: the page does not tell the source %s", model->name, step->callback,
                 step->source);
    }
    assert_int_equal((step->with | step->without) & ~model->options, 0);
}

static void test_tables(void **state)
{
    static char text[64 * 1024];
    FILE *file = fopen(page, "r");

    (void)state;
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    for (unsigned i = 0; i < driver_model_count; i++) {
        const DriverModel *model = driver_models[i];

        assert_ptr_equal(driver_model_find(model->name), model);
        for (int request = 0; request < PNP_REQUESTS; request++) {
            for (unsigned n = 0; n < model->step_counts[request]; n++) {
                const ModelStep *step = &model->steps[request][n];

                step_check(model, step, text);
                /* The lines of one callback stand together */
                assert_true(!step->part || (n + 1 < model->step_counts[request] &&
                                            strcmp(step->callback, step[1].callback) == 0 &&
                                            strcmp(step->driver, step[1].driver) == 0));
            }
        }
    }
    assert_null(driver_model_find("umdf"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE("/trace/line/round-trip", test_line),
        CASE("/trace/line/what-is-no-event-is-refused", test_line_broken),
        CASE("/situation/round-trip", test_situation),
        CASE("/situation/options-by-name", test_options),
        CASE("/model/golden-traces", test_golden),
        CASE("/model/works-in-their-order", test_works),
        CASE("/model/requests-recounted-when-none-arrive", test_recounted),
        CASE("/model/failure-that-ends-nothing-is-noted", test_noted),
        CASE("/model/busy-refuses-nothing-but-a-query", test_busy),
        CASE("/model/tables-name-known-sources-and-options", test_tables),
    };

    (void)argc;
    fixtures = argv[1];
    page = argv[2];
    return cmocka_run_group_tests_name("driver-model", tests, NULL, NULL);
}
