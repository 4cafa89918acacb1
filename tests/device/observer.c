/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold for a function at any time.
 */

#include <inttypes.h>

#include "observer.h"
#include "placement.h"

#define RAM_END UINT64_C(0x8000000)
#define PLATFORM_BASE MEMORY_32_END /* interrupt controllers, firmware */
#define PLATFORM_END (UINT64_C(1) << 32)

/* The first one is told; what comes after it may be a consequence */
static void wrong(Observer *observer, unsigned *broken, Observed what, char *message)
{
    if (*broken == 0) {
        g_free(observer->wrong);
        observer->wrong = g_steal_pointer(&message);
    }
    *broken |= what;
    g_free(message);
}

/* Where a BAR must be reached */

static bool is_io(const Observer *observer, unsigned nr)
{
    return observer->shape.bars[nr].kind == BAR_IO;
}

static uint64_t header_bytes(const Observer *observer, unsigned nr)
{
    const FunctionBar *bar = &observer->shape.bars[nr];

    if (bar->kind == BAR_ABSENT || nr == FUNCTION_ROM) {
        return 0;
    }
    if (bar->kind == BAR_IO) {
        return bar->size < BARSHIFT_HEADER_IO_SIZE ? 0 : BARSHIFT_HEADER_IO_SIZE;
    }
    return BARSHIFT_HEADER_PAGE_SIZE;
}

static bool within(uint64_t base, uint64_t bytes, uint64_t low, uint64_t high)
{
    return base >= low && base + bytes - 1 >= base && base + bytes - 1 < high;
}

/* Nothing of the machine's lies in front of it, and a port above forwards it */
static bool is_free(const Observer *observer, unsigned nr, uint64_t base, uint64_t bytes)
{
    if (is_io(observer, nr)) {
        return within(base, bytes, PORTS_BASE, PORTS_END);
    }
    if (observer->below_port) {
        return within(base, bytes, MEMORY_32_BASE, MEMORY_32_END) ||
               within(base, bytes, MEMORY_64_BASE, MEMORY_64_END);
    }
    return within(base, bytes, RAM_END, ECAM_BASE) ||
           within(base, bytes, ECAM_END, PLATFORM_BASE) ||
           within(base, bytes, PLATFORM_END, UINT64_MAX);
}

/* Another BAR of the function is decoded there; which of them answers nobody promises */
static bool is_covered(const Observer *observer, const View *view, unsigned except, bool io,
                       uint64_t base, uint64_t bytes)
{
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        const ViewBar *bar = &view->bars[nr];

        if (nr != except && bar->decoding && is_io(observer, nr) == io &&
            base <= bar->address + (bar->size - 1) && bar->address <= base + (bytes - 1)) {
            return true;
        }
    }
    return false;
}

static bool must_answer(const Observer *observer, const View *view, unsigned nr)
{
    const ViewBar *bar = &view->bars[nr];
    uint64_t bytes = header_bytes(observer, nr);

    return bytes != 0 && bar->decoding && is_free(observer, nr, bar->address, bytes) &&
           !is_covered(observer, view, nr, is_io(observer, nr), bar->address, bytes);
}

/* Headers */

typedef struct Header {
    bool meant;
    uint64_t magic, tag, bar_nr, version, contents;
    uint64_t size[2], address[2];
} Header;

static void queue_word(const Observer *observer, bool io, uint64_t address, uint64_t *value)
{
    if (io) {
        qtest_queue_in(observer->function->qtest, (uint16_t)address, 4, value);
    } else {
        qtest_queue_read(observer->function->qtest, address, 4, value);
    }
}

static void queue_header(const Observer *observer, unsigned nr, uint64_t base, Header *header)
{
    bool io = is_io(observer, nr);

    header->meant = true;
    queue_word(observer, io, base + BARSHIFT_HEADER_MAGIC, &header->magic);
    queue_word(observer, io, base + BARSHIFT_HEADER_TAG, &header->tag);
    queue_word(observer, io, base + BARSHIFT_HEADER_BAR, &header->bar_nr);
    queue_word(observer, io, base + BARSHIFT_HEADER_VERSION, &header->version);
    queue_word(observer, io, base + BARSHIFT_HEADER_CONTENTS, &header->contents);
    for (unsigned half = 0; half < 2; half++) {
        queue_word(observer, io, base + BARSHIFT_HEADER_SIZE + 4 * half, &header->size[half]);
        queue_word(observer, io, base + BARSHIFT_HEADER_ADDRESS + 4 * half,
                   &header->address[half]);
    }
}

static void compare_header(Observer *observer, const View *view, unsigned nr, const Header *header,
                           unsigned *broken)
{
    const ViewBar *bar = &view->bars[nr];
    uint64_t size = header->size[0] | header->size[1] << 32;
    uint64_t address = header->address[0] | header->address[1] << 32;

    observer->headers++;
    if (header->magic != BARSHIFT_MAGIC || header->tag != FUNCTION_TAG || header->bar_nr != nr ||
        header->version != BARSHIFT_VERSION || header->contents != observer->contents[nr]) {
        wrong(observer, broken, OBSERVED_REACH,
              g_strdup_printf("BAR %u at 0x%" PRIx64 ": magic 0x%" PRIx64 ", tag %" PRIu64
                              ", BAR %" PRIu64 ", version %" PRIu64 ", contents 0x%" PRIx64,
                              nr, bar->address, header->magic, header->tag, header->bar_nr,
                              header->version, header->contents));
        return;
    }
    if (address != bar->address + BARSHIFT_HEADER_ADDRESS) {
        wrong(observer, broken, OBSERVED_ADDRESS,
              g_strdup_printf("BAR %u at 0x%" PRIx64 ": ADDRESS 0x%" PRIx64, nr, bar->address,
                              address));
    }
    if (size != bar->size) {
        wrong(observer, broken, OBSERVED_SIZE,
              g_strdup_printf("BAR %u of size 0x%" PRIx64 ": SIZE 0x%" PRIx64, nr, bar->size,
                              size));
    }
}

static void remember(Observer *observer, unsigned nr, uint64_t base)
{
    for (unsigned i = 0; i < OBSERVER_MEMORY; i++) {
        if (observer->old_bases[i] == base) {
            return;
        }
    }
    observer->old_bases[observer->old_next] = base;
    observer->old_kinds[observer->old_next] = observer->shape.bars[nr].kind;
    observer->old_next = (observer->old_next + 1) % OBSERVER_MEMORY;
}

static void look_at_headers(Observer *observer, const View *view, unsigned *broken)
{
    Header headers[BARSHIFT_BARS] = { 0 };

    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (must_answer(observer, view, nr)) {
            queue_header(observer, nr, view->bars[nr].address, &headers[nr]);
        }
    }
    qtest_flush(observer->function->qtest);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (headers[nr].meant) {
            compare_header(observer, view, nr, &headers[nr], broken);
            remember(observer, nr, view->bars[nr].address);
        }
    }
}

/* Silence */

static void check_silence(Observer *observer, const View *view, bool io, uint64_t base,
                          unsigned *broken)
{
    uint64_t magic = 0;

    if (is_covered(observer, view, FUNCTION_REGIONS, io, base, 4)) {
        return;
    }
    observer->silences++;
    queue_word(observer, io, base + BARSHIFT_HEADER_MAGIC, &magic);
    qtest_flush(observer->function->qtest);
    if (magic == BARSHIFT_MAGIC) {
        wrong(observer, broken, OBSERVED_SILENCE,
              g_strdup_printf("a header answers at 0x%" PRIx64 ", where no BAR is", base));
    }
}

static void look_for_silence(Observer *observer, const View *view, unsigned *broken)
{
    for (unsigned i = 0; i < OBSERVER_MEMORY; i++) {
        if (observer->old_kinds[i] != BAR_ABSENT) {
            check_silence(observer, view, observer->old_kinds[i] == BAR_IO,
                          observer->old_bases[i], broken);
        }
    }
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const ViewBar *bar = &view->bars[nr];

        if (!bar->decoding && header_bytes(observer, nr) != 0 &&
            is_free(observer, nr, bar->address, header_bytes(observer, nr))) {
            check_silence(observer, view, is_io(observer, nr), bar->address, broken);
        }
    }
}

/* Control registers and ledger; each read of a register can be a record, so the total is last */

typedef struct Control {
    bool meant;
    uint64_t base[BARSHIFT_BARS];
    uint64_t size[BARSHIFT_BARS];
    uint64_t total;
} Control;

static void read_control(const Observer *observer, const View *view, Control *control)
{
    QTest *qtest = observer->function->qtest;
    uint64_t base = view->bars[observer->control_nr].address;

    control->meant = must_answer(observer, view, observer->control_nr);
    if (!control->meant) {
        return;
    }
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        qtest_queue_read(qtest, base + BARSHIFT_DECODED_BASE(nr), 8, &control->base[nr]);
        qtest_queue_read(qtest, base + BARSHIFT_DECODED_SIZE(nr), 8, &control->size[nr]);
    }
    qtest_queue_read(qtest, base + BARSHIFT_LEDGER_TOTAL, 8, &control->total);
    qtest_flush(qtest);
}

static void compare_control(Observer *observer, const View *view, const Control *control,
                            unsigned *broken)
{
    for (unsigned nr = 0; control->meant && nr < BARSHIFT_BARS; nr++) {
        const ViewBar *bar = &view->bars[nr];
        uint64_t base = bar->decoding ? bar->address : BARSHIFT_NOT_DECODED;

        if (control->base[nr] != base || control->size[nr] != bar->size) {
            wrong(observer, broken, OBSERVED_REGISTERS,
                  g_strdup_printf("BAR %u: registers say 0x%" PRIx64 " of size 0x%" PRIx64
                                  ", configuration space 0x%" PRIx64 " of size 0x%" PRIx64,
                                  nr, control->base[nr], control->size[nr], base, bar->size));
        }
    }
    if (control->meant && control->total != observer->seen.total) {
        wrong(observer, broken, OBSERVED_REGISTERS,
              g_strdup_printf("register LEDGER_TOTAL %" PRIu64 ", property %" PRIu64,
                              control->total, observer->seen.total));
    }
}

static void look_at_ledger(Observer *observer, const View *view, unsigned *broken)
{
    uint64_t now_ns = (uint64_t)qtest_clock_step(observer->function->qtest, 1);
    g_autoptr(JsonNode) node = function_property(observer->function, "ledger");
    JsonObject *ledger = json_node_get_object(node);
    char *message;

    message = ledger_check_bars(ledger, view, &observer->shape);
    if (message) {
        wrong(observer, broken, OBSERVED_PROPERTY, message);
    }
    message = ledger_check_records(ledger, &observer->seen, now_ns);
    if (message) {
        wrong(observer, broken, OBSERVED_RECORDS, message);
    }
    message = ledger_check_history(ledger, view);
    if (message) {
        wrong(observer, broken, OBSERVED_HISTORY, message);
    }
}

/* All */

void observer_init(Observer *observer, const Function *function, bool below_port)
{
    *observer = (Observer) {
        .function = function, .below_port = below_port, .control_nr = BARSHIFT_BARS,
    };
    shape_read(&observer->shape, function);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        uint64_t contents = 0;

        if (header_bytes(observer, nr) != 0) {
            queue_word(observer, is_io(observer, nr),
                       function->bars[nr].base + BARSHIFT_HEADER_CONTENTS, &contents);
            qtest_flush(function->qtest);
        }
        observer->contents[nr] = (uint32_t)contents;
        if (contents & BARSHIFT_CONTENTS_CONTROL) {
            observer->control_nr = nr;
        }
    }
    g_assert_cmpuint(observer->control_nr, <, BARSHIFT_BARS);
}

void observer_deinit(Observer *observer)
{
    g_free(observer->wrong);
}

unsigned observer_look(Observer *observer)
{
    int changed = shape_intact(&observer->shape, observer->function);
    Control control = { 0 };
    unsigned broken = 0;
    View view;

    if (changed >= 0) {
        wrong(observer, &broken, OBSERVED_IDENTITY,
              g_strdup_printf("configuration space has changed at 0x%x", changed));
    }
    view_read(&view, &observer->shape, observer->function);
    look_at_headers(observer, &view, &broken);
    look_for_silence(observer, &view, &broken);
    read_control(observer, &view, &control);
    look_at_ledger(observer, &view, &broken);
    compare_control(observer, &view, &control, &broken);
    return broken;
}
