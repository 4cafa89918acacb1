/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quiesce oracle.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "barshift.h"

static void enter(BarshiftState *s, enum barshift_driver_state state)
{
    s->quiesce.state = state;
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        bar_watch(&s->bars[nr], state == BARSHIFT_DRIVER_STOPPED);
    }
}

void quiesce_declare(BarshiftState *s, uint32_t state)
{
    if (state >= BARSHIFT_DRIVER_STATES) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: 0x%" PRIx32 " is no driver state\n",
                      PCI_DEVICE(s)->name, state);
        return;
    }
    ledger_write(&s->ledger, BARSHIFT_EVENT_DRIVER_STATE, BARSHIFT_NO_BAR, state);
    enter(s, state);
}

void quiesce_reset(BarshiftState *s)
{
    enter(s, BARSHIFT_DRIVER_UNDECLARED);
}

void quiesce_violation(BarshiftState *s, enum barshift_violation violation, unsigned bar_nr,
                       uint64_t value)
{
    s->quiesce.violations++;
    ledger_write_detail(&s->ledger, BARSHIFT_EVENT_VIOLATION, bar_nr, violation, value);
}

void quiesce_accessed(BarshiftBar *bar, uint64_t offset, bool is_write)
{
    if (bar->device->quiesce.state == BARSHIFT_DRIVER_STOPPED) {
        quiesce_violation(bar->device,
                          is_write ? BARSHIFT_VIOLATION_WRITE : BARSHIFT_VIOLATION_READ, bar->nr,
                          offset);
    }
}

void quiesce_disturbed(BarshiftState *s, enum barshift_violation violation, unsigned bar_nr,
                       uint64_t value)
{
    if (dma_streaming(&s->dma)) {
        quiesce_violation(s, violation, bar_nr, value);
    }
}
