/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine.
 *
 * A step may be aimed at anything. At registers of this function, which do not answer while it is
 * under way (bar_registers.c), or of another one, which takes no DMA command meanwhile: so no step
 * starts another, and their number stays what timers and CPUs make it. At configuration space: a
 * step can reset or even unplug its own function. Then @abandoned is set, and of the step nothing
 * is left but the way back.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "bar_registers.h"
#include "barshift.h"

#define COUNTER_BYTES 8
#define SHIFT_BYTES 4096 /* FAULT_DMA_SHIFTED */

#define IN_IDLE (1u << BARSHIFT_DMA_IDLE)
#define IN_STREAMING (1u << BARSHIFT_DMA_STREAMING)
#define IN_PAUSED (1u << BARSHIFT_DMA_PAUSED)

/* States in which a command can be given. STOP says what shall be, not what shall change. */
static const uint8_t allowed_in[] = {
    [BARSHIFT_DMA_COPY] = IN_IDLE | IN_STREAMING | IN_PAUSED,
    [BARSHIFT_DMA_STREAM] = IN_IDLE,
    [BARSHIFT_DMA_PAUSE] = IN_STREAMING,
    [BARSHIFT_DMA_RESUME] = IN_PAUSED,
    [BARSHIFT_DMA_STOP] = IN_IDLE | IN_STREAMING | IN_PAUSED,
};

/* In any function; all of this runs under QEMU's one lock */
static bool step_under_way;

/* Steps */

static uint32_t transfer_bytes(const DmaTransfer *transfer)
{
    return transfer->source == BARSHIFT_DMA_COUNTER ? COUNTER_BYTES : transfer->length_bytes;
}

/* False when the bus refuses, with the address */
static bool carry_out(BarshiftState *s, const DmaTransfer *transfer, uint64_t *refused)
{
    PCIDevice *dev = PCI_DEVICE(s);
    Dma *dma = &s->dma;
    uint32_t bytes = transfer_bytes(transfer);
    uint64_t shift = fault_on(s, FAULT_DMA_SHIFTED) ? SHIFT_BYTES : 0;

    if (transfer->source == BARSHIFT_DMA_COUNTER) {
        stq_le_p(dma->buffer, dma->steps + 1);
    } else if (pci_dma_read(dev, transfer->source, dma->buffer, bytes) != MEMTX_OK) {
        *refused = transfer->source;
        return false;
    }
    *refused = transfer->destination;
    return pci_dma_write(dev, transfer->destination + shift, dma->buffer, bytes) == MEMTX_OK;
}

static void count(BarshiftState *s, bool done, uint64_t refused)
{
    Dma *dma = &s->dma;

    if (done) {
        dma->steps++;
    } else {
        dma->failed++;
        /* One record tells of all failures up to the next success */
        if (!dma->failing) {
            ledger_write(&s->ledger, BARSHIFT_EVENT_DMA_FAILED, BARSHIFT_NO_BAR, refused);
        }
    }
    dma->failing = !done;
}

static void step(BarshiftState *s, const DmaTransfer *transfer, uint32_t vector)
{
    Dma *dma = &s->dma;
    uint64_t refused = 0;
    bool done;

    /* Nothing leaves a function that is no bus master: it tries, and nobody is disturbed */
    if (pci_get_word(PCI_DEVICE(s)->config + PCI_COMMAND) & PCI_COMMAND_MASTER) {
        quiesce_dma_step(s, transfer->destination);
    }
    dma->busy = step_under_way = true;
    dma->abandoned = false;
    done = carry_out(s, transfer, &refused);
    if (!dma->abandoned) {
        count(s, done, refused);
        if (vector != BARSHIFT_DMA_NO_VECTOR) {
            interrupts_raise(s, vector);
        }
    }
    dma->busy = step_under_way = false;
}

/* Streams */

bool dma_streaming(const BarshiftState *s)
{
    return s->dma.running &&
           (s->dma.state == BARSHIFT_DMA_STREAMING || fault_on(s, FAULT_DMA_UNSTOPPABLE));
}

/*
 * A step that comes late, because the host is slow or the VM stood still, is not made good: its
 * period begins anew, and the rest of QEMU gets its time between two steps.
 */
static void set_timer(Dma *dma)
{
    int64_t now_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    dma->deadline_ns += dma->stream.period_ns;
    if (dma->deadline_ns < now_ns + BARSHIFT_DMA_PERIOD_MIN) {
        dma->deadline_ns = now_ns + dma->stream.period_ns;
    }
    timer_mod_ns(&dma->timer, dma->deadline_ns);
}

static void dma_tick(void *opaque)
{
    BarshiftState *s = opaque;
    Dma *dma = &s->dma;

    if (!dma_streaming(s)) {
        dma->running = false; /* the fault that kept it running is gone */
        return;
    }
    object_ref(OBJECT(s));
    step(s, &dma->stream, BARSHIFT_DMA_NO_VECTOR);
    if (dma->running) {
        set_timer(dma);
    }
    object_unref(OBJECT(s));
}

static void enter(BarshiftState *s, enum barshift_dma_state state)
{
    if (s->dma.state != state) {
        s->dma.state = state;
        ledger_write(&s->ledger, BARSHIFT_EVENT_DMA_STATE, BARSHIFT_NO_BAR, state);
    }
}

static void run(BarshiftState *s)
{
    Dma *dma = &s->dma;

    enter(s, BARSHIFT_DMA_STREAMING);
    dma->running = true;
    dma->failing = false;
    dma->deadline_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    set_timer(dma);
}

static void halt(BarshiftState *s, enum barshift_dma_state state)
{
    enter(s, state);
    s->dma.running = false;
    timer_del(&s->dma.timer);
}

/* Commands */

static bool wraps(uint64_t address, uint32_t bytes)
{
    return address + (bytes - 1) < address;
}

/* Offset of the first register that forbids the transfer, 0 for none */
static unsigned wrong_transfer(const DmaTransfer *transfer, bool stream)
{
    uint32_t bytes = transfer_bytes(transfer);

    if (bytes == 0 || bytes > BARSHIFT_DMA_LENGTH_MAX) {
        return BARSHIFT_DMA_LENGTH;
    }
    if (transfer->source != BARSHIFT_DMA_COUNTER && wraps(transfer->source, bytes)) {
        return BARSHIFT_DMA_SOURCE;
    }
    if (wraps(transfer->destination, bytes)) {
        return BARSHIFT_DMA_DESTINATION;
    }
    if (stream && transfer->period_ns < BARSHIFT_DMA_PERIOD_MIN) {
        return BARSHIFT_DMA_PERIOD;
    }
    return 0;
}

static unsigned wrong_register(const Dma *dma, uint32_t command)
{
    unsigned wrong = wrong_transfer(&dma->next, command == BARSHIFT_DMA_STREAM);

    if (!wrong && command == BARSHIFT_DMA_COPY && dma->vector >= BARSHIFT_VECTORS_MAX &&
        dma->vector != BARSHIFT_DMA_NO_VECTOR) {
        return BARSHIFT_DMA_VECTOR;
    }
    return wrong;
}

static unsigned refused_for(const Dma *dma, uint32_t command)
{
    if (step_under_way || command >= G_N_ELEMENTS(allowed_in) ||
        !(allowed_in[command] & 1u << dma->state)) {
        return BARSHIFT_DMA_COMMAND;
    }
    if (command == BARSHIFT_DMA_COPY || command == BARSHIFT_DMA_STREAM) {
        return wrong_register(dma, command);
    }
    return 0;
}

static void start(BarshiftState *s, enum barshift_dma_command command)
{
    Dma *dma = &s->dma;

    quiesce_dma_started(s, command);
    switch (command) {
    case BARSHIFT_DMA_COPY:
        dma->failing = false;
        step(s, &dma->next, dma->vector);
        break;
    case BARSHIFT_DMA_STREAM:
        dma->stream = dma->next;
        run(s);
        break;
    default:
        run(s);
        break;
    }
}

void dma_command(BarshiftBar *bar, uint32_t command)
{
    BarshiftState *s = bar->device;
    unsigned wrong = refused_for(&s->dma, command);
    enum barshift_dma_state rest =
        command == BARSHIFT_DMA_PAUSE ? BARSHIFT_DMA_PAUSED : BARSHIFT_DMA_IDLE;

    if (wrong) {
        bar_misused(bar, wrong, "DMA command refused for the register");
    } else if (command != BARSHIFT_DMA_PAUSE && command != BARSHIFT_DMA_STOP) {
        start(s, command);
    } else if (fault_on(s, FAULT_DMA_UNSTOPPABLE)) {
        enter(s, rest);
    } else {
        halt(s, rest);
    }
}

/* Life */

void dma_realize(BarshiftState *s)
{
    timer_init_ns(&s->dma.timer, QEMU_CLOCK_VIRTUAL, dma_tick, s);
}

void dma_exit(BarshiftState *s)
{
    halt(s, BARSHIFT_DMA_IDLE);
    s->dma.abandoned = true;
}

void dma_reset(BarshiftState *s)
{
    Dma *dma = &s->dma;

    dma_exit(s);
    dma->next = (DmaTransfer) {};
    dma->vector = BARSHIFT_DMA_NO_VECTOR;
    dma->steps = 0;
    dma->failed = 0;
    dma->failing = false;
}

void dma_stop(BarshiftState *s)
{
    halt(s, BARSHIFT_DMA_IDLE);
}

/* Migration */

/* A stream that runs, or can be resumed, was checked when it was started */
static bool stream_can_be(const Dma *dma)
{
    return dma->state <= BARSHIFT_DMA_PAUSED &&
           ((dma->state == BARSHIFT_DMA_IDLE && !dma->running) ||
            wrong_transfer(&dma->stream, true) == 0);
}

static int dma_post_load(void *opaque, int version_id)
{
    Dma *dma = opaque;

    if (!stream_can_be(dma)) {
        error_report("barshift: the DMA stream of the saved state cannot be");
        dma->state = BARSHIFT_DMA_IDLE;
        dma->running = false;
        return -EINVAL;
    }
    if (dma->running) {
        timer_mod_ns(&dma->timer, dma->deadline_ns);
    }
    return 0;
}

static const VMStateDescription vmstate_transfer = {
    .name = "barshift-dma-transfer",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(source, DmaTransfer),
        VMSTATE_UINT64(destination, DmaTransfer),
        VMSTATE_UINT32(length_bytes, DmaTransfer),
        VMSTATE_UINT32(period_ns, DmaTransfer),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_dma = {
    .name = "barshift-dma",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = dma_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(next, Dma, 1, vmstate_transfer, DmaTransfer),
        VMSTATE_UINT32(vector, Dma),
        VMSTATE_UINT32(state, Dma),
        VMSTATE_UINT64(steps, Dma),
        VMSTATE_UINT64(failed, Dma),
        VMSTATE_BOOL(running, Dma),
        VMSTATE_BOOL(failing, Dma),
        VMSTATE_STRUCT(stream, Dma, 1, vmstate_transfer, DmaTransfer),
        VMSTATE_INT64(deadline_ns, Dma),
        VMSTATE_END_OF_LIST()
    }
};
