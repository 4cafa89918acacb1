/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quiesce oracle.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "bar_registers.h"
#include "barshift.h"

static void watch(BarshiftState *s)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        bar_watch(&s->bars[nr], s->quiesce.state == BARSHIFT_DRIVER_STOPPED);
    }
}

static void enter(BarshiftState *s, enum barshift_driver_state state)
{
    s->quiesce.state = state;
    s->quiesce.step_recorded = false;
    watch(s);
}

void quiesce_declare(BarshiftBar *bar, uint32_t state)
{
    BarshiftState *s = bar->device;

    if (state >= BARSHIFT_DRIVER_STATES) {
        bar_misused(bar, BARSHIFT_DRIVER_STATE, "no driver state written");
        return;
    }
    ledger_write(&s->ledger, BARSHIFT_EVENT_DRIVER_STATE, BARSHIFT_NO_BAR, state);
    enter(s, state);
}

void quiesce_reset(BarshiftState *s)
{
    enter(s, BARSHIFT_DRIVER_UNDECLARED);
}

static void violation(BarshiftState *s, enum barshift_violation which, unsigned bar_nr,
                      uint64_t value)
{
    s->quiesce.violations++;
    ledger_write_detail(&s->ledger, BARSHIFT_EVENT_VIOLATION, bar_nr, which, value);
}

void quiesce_accessed(BarshiftBar *bar, uint64_t offset, bool is_write)
{
    BarshiftState *s = bar->device;

    if (s->quiesce.state == BARSHIFT_DRIVER_STOPPED && !dma_busy(&s->dma)) {
        violation(s, is_write ? BARSHIFT_VIOLATION_WRITE : BARSHIFT_VIOLATION_READ, bar->nr,
                  offset);
    }
}

void quiesce_dma_started(BarshiftState *s, enum barshift_dma_command command)
{
    s->quiesce.step_recorded = false;
    if (s->quiesce.state == BARSHIFT_DRIVER_STOP_PENDING ||
        s->quiesce.state == BARSHIFT_DRIVER_STOPPED) {
        violation(s, BARSHIFT_VIOLATION_DMA_START, BARSHIFT_NO_BAR, command);
    }
}

void quiesce_dma_step(BarshiftState *s, uint64_t destination)
{
    if (s->quiesce.state != BARSHIFT_DRIVER_STOPPED) {
        return;
    }
    if (s->quiesce.step_recorded) {
        s->quiesce.violations++;
    } else {
        violation(s, BARSHIFT_VIOLATION_DMA_STEP, BARSHIFT_NO_BAR, destination);
        s->quiesce.step_recorded = true;
    }
}

void quiesce_disturbed(BarshiftState *s, enum barshift_violation which, unsigned bar_nr,
                       uint64_t value)
{
    if (dma_streaming(s)) {
        violation(s, which, bar_nr, value);
    }
}

/* Migration */

static int quiesce_post_load(void *opaque, int version_id)
{
    Quiesce *quiesce = opaque;
    uint32_t state = quiesce->state;

    if (state >= BARSHIFT_DRIVER_STATES) {
        error_report("barshift: 0x%" PRIx32 " of the saved state is no driver state", state);
        quiesce->state = BARSHIFT_DRIVER_UNDECLARED;
        return -EINVAL;
    }
    watch(container_of(quiesce, BarshiftState, quiesce));
    return 0;
}

const VMStateDescription vmstate_quiesce = {
    .name = "barshift-quiesce",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = quiesce_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(state, Quiesce),
        VMSTATE_UINT64(violations, Quiesce),
        VMSTATE_BOOL(step_recorded, Quiesce),
        VMSTATE_END_OF_LIST()
    }
};
