/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A saved state that is broken is refused, and harms nobody.
 */

#include "observation.h"
#include "state.h"

#define CONTENT UINT64_C(0x1122334455667788)
#define PAGE_BYTES UINT64_C(4096)

#define PROPERTIES ",ledger-depth=16"
#define CONFIG_BYTES (4096 + 16) /* configuration space, interrupt pins */
#define SIZES_BYTES 24           /* of a BAR */
#define FAULTS_BYTES 36          /* of a BAR */
#define SIGHT_BYTES (2 + 7 * 32 + 8)
#define QUIESCE_BYTES (4 + 8 + 1)
#define INTERRUPTS_BYTES (4 + 8 + 8 * BARSHIFT_VECTORS_MAX + 1)

/**
 * Offsets - in a state that has two runs of memory, a page each
 * @faults: 32 bits
 * @sizes: of BAR 2: what is behind it, after reset, after the next reset; 64 bits each
 * @size: 8 bits, of BAR 2
 * @config: configuration space
 * @run: offset in the memory, length, a page
 * @next_run: the same
 * @end: where no run follows
 * @struck: 32 bits, old base, old size
 * @record: first record of the ledger
 * @total: of the ledger
 * @driver_state: 32 bits
 * @dma_state: 32 bits
 * @dma_running: 8 bits
 */
typedef struct Offsets {
    gsize layout;
    gsize faults;
    gsize sizes;
    gsize size;
    gsize config;
    gsize run;
    gsize next_run;
    gsize end;
    gsize struck;
    gsize record;
    gsize total;
    gsize driver_state;
    gsize dma_state;
    gsize dma_running;
} Offsets;

static uint64_t number_at(const uint8_t *bytes, unsigned size)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < size; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static void number_set(uint8_t *bytes, unsigned size, uint64_t number)
{
    for (unsigned i = size; i-- > 0; number >>= 8) {
        bytes[i] = (uint8_t)number;
    }
}

static void find_offsets(GBytes *state, Offsets *offsets)
{
    const uint8_t *bytes = g_bytes_get_data(state, NULL);
    gsize length;

    offsets->layout = state_section(state, "barshift", &length);
    offsets->faults = offsets->layout + 4 + number_at(bytes + offsets->layout, 4);
    offsets->sizes = offsets->faults + 4 + 2 * SIZES_BYTES;
    offsets->size = offsets->faults + 4 + BARSHIFT_BARS * SIZES_BYTES;
    offsets->config = offsets->size + 6 + 4;
    offsets->run = offsets->config + CONFIG_BYTES + 2 * (8 + FAULTS_BYTES) + 8;
    offsets->next_run = offsets->run + 16 + PAGE_BYTES;
    offsets->end = offsets->next_run + 16 + PAGE_BYTES;
    offsets->struck = offsets->end + 16 + 16;
    offsets->record = offsets->end + 16 + FAULTS_BYTES + 3 * (8 + FAULTS_BYTES);
    offsets->total = offsets->record + 16 * sizeof(struct barshift_ledger_record);
    offsets->driver_state = offsets->total + 8 + SIGHT_BYTES;
    offsets->dma_state = offsets->driver_state + QUIESCE_BYTES + INTERRUPTS_BYTES + 24 + 4;
    offsets->dma_running = offsets->dma_state + 4 + 8 + 8;
    g_assert_cmphex(number_at(bytes + offsets->config, 4), ==, 0xf41af510); /* little-endian */
    g_assert_cmpuint(number_at(bytes + offsets->run, 8), ==, PAGE_BYTES);
    g_assert_cmpuint(number_at(bytes + offsets->next_run, 8), ==, GIB);
    g_assert_cmpuint(number_at(bytes + offsets->end, 8), ==, 0);
    g_assert_cmpuint(number_at(bytes + offsets->record, 8), ==, 1);
    g_assert_cmpuint(number_at(bytes + offsets->driver_state, 4), ==, BARSHIFT_DRIVER_STARTED);
    g_assert_cmphex(number_at(bytes + offsets->dma_state - 4, 4), ==, BARSHIFT_DMA_NO_VECTOR);
}

#define FIELD(name) offsetof(Offsets, name)
#define ELSEWHERE "cannot come here in a saved state"

static const struct {
    const char *name;
    size_t field; /* of Offsets */
    gsize plus;
    unsigned size; /* bytes that are overwritten; 0: the state ends there */
    uint64_t number;
    const char *message;
} breaks[] = {
    { "layout/too-long", FIELD(layout), 0, 4, 4097, "longer than 4096 bytes: 4097" },
    { "layout/much-too-long", FIELD(layout), 0, 4, UINT32_MAX, "longer than 4096 bytes" },
    { "layout/other-names", FIELD(layout), 4, 1, 'x', "a function with other properties" },
    { "layout/cut-off", FIELD(layout), 20, 0, 0, "error while loading state" },
    { "faults/unknown", FIELD(faults), 0, 4, 0x80000000, "faults that are not known: 0x80000000" },
    { "sizes/no-room", FIELD(sizes), 0, 8, 0, "sizes of BAR 2 in the saved state: 0x0 bytes" },
    { "sizes/room-not-offered", FIELD(sizes), 0, 8, 32 * GIB, "the size is not one of 'rebar'" },
    { "sizes/no-size", FIELD(sizes), 8, 8, 0, "sizes of BAR 2 in the saved state: 0x0 bytes" },
    { "sizes/size-not-offered", FIELD(sizes), 8, 8, MIB, "the size is not one of 'rebar'" },
    { "sizes/beyond-the-room", FIELD(sizes), 8, 8, 32 * GIB, "saved state: 0x800000000 bytes" },
    { "sizes/no-power-of-two", FIELD(sizes), 16, 8, 3 * GIB, "saved state: 0xc0000000 bytes" },
    { "rebar/size-not-offered", FIELD(size), 0, 1, 7, "BAR Size 0x7 of the saved state" },
    { "rebar/no-size", FIELD(size), 0, 1, 255, "BAR Size 0xff of the saved state" },
    { "rebar/another-size-than-in-config", FIELD(size), 0, 1, 10, "Bad config data" },
    { "memory/run-behind-the-end", FIELD(run), 0, 8, 16 * GIB, ELSEWHERE },
    { "memory/run-far-behind-the-end", FIELD(run), 0, 8, UINT64_MAX - 4095, ELSEWHERE },
    { "memory/run-over-the-end", FIELD(next_run), 0, 8, 16 * GIB - 8, ELSEWHERE },
    { "memory/run-too-long", FIELD(run), 8, 8, 16 * GIB - 4096 + 1, ELSEWHERE },
    { "memory/run-wraps", FIELD(run), 8, 8, UINT64_MAX, ELSEWHERE },
    { "memory/run-in-front-of-another", FIELD(next_run), 0, 8, 4096, ELSEWHERE },
    { "memory/run-over-another", FIELD(next_run), 0, 8, 8191, ELSEWHERE },
    { "memory/no-end", FIELD(end), 0, 8, 16 * GIB, ELSEWHERE },
    { "memory/long-run-cut-off", FIELD(run), 8, 8, 15 * GIB, "error while loading state" },
    { "memory/cut-off", FIELD(run), 100, 0, 0, "error while loading state" },
    { "memory/cut-off-at-the-end", FIELD(end), 0, 0, 0, "error while loading state" },
    { "fault/unknown-strike", FIELD(struck), 0, 4, 0x80000000, "faults of BAR 2" },
    { "fault/old-answers-without-size", FIELD(struck), 0, 4, 1 << 4, "faults of BAR 2" },
    { "ledger/unknown-event", FIELD(record), 16, 2, 0xffff, "an unknown event, 65535" },
    { "ledger/no-event", FIELD(record), 16, 2, 0, "an unknown event, 0" },
    { "ledger/wrong-place", FIELD(record), 0, 8, 2, "are not a ledger" },
    { "ledger/more-than-total", FIELD(total), 0, 8, 1, "are not a ledger" },
    { "ledger/total-wraps", FIELD(total), 0, 8, UINT64_MAX, "are not a ledger" },
    { "interrupts/pin-without-reason", FIELD(config), 4096, 4, 1, "contradicts INTX_STATUS" },
    { "power/no-such-state", FIELD(config), 0x44, 1, 9, "in D1, which it has not got" },
    { "dma/no-state", FIELD(dma_state), 0, 4, 3, "the DMA stream" },
    { "dma/streaming-nothing", FIELD(dma_state), 0, 4, BARSHIFT_DMA_STREAMING, "the DMA stream" },
    { "dma/paused-nothing", FIELD(dma_state), 0, 4, BARSHIFT_DMA_PAUSED, "the DMA stream" },
    { "dma/running-idle", FIELD(dma_running), 0, 1, 1, "the DMA stream" },
    { "quiesce/no-driver-state", FIELD(driver_state), 0, 4, 4, "0x4 of the saved state" },
};

static GBytes *good_state(void)
{
    static GBytes *state;
    Function here;

    if (!state) {
        function_start(&here, PROPERTIES);
        function_place(&here, MEMORY_BASE);
        qtest_write(here.qtest, MEMORY_BASE + PAGE_BYTES, 8, CONTENT);
        qtest_write(here.qtest, MEMORY_BASE + GIB, 8, CONTENT);
        qtest_write(here.qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4, BARSHIFT_DRIVER_STARTED);
        state = state_save(here.qtest);
        function_stop(&here);
    }
    return state;
}

static void test_broken(gconstpointer data)
{
    unsigned i = GPOINTER_TO_UINT(data);
    gsize size, at;
    const uint8_t *good = g_bytes_get_data(good_state(), &size);
    g_autofree uint8_t *bytes = g_memdup2(good, size);
    g_autoptr(GBytes) broken = NULL;
    Function there;
    Offsets offsets;

    find_offsets(good_state(), &offsets);
    at = *(const gsize *)((const uint8_t *)&offsets + breaks[i].field) + breaks[i].plus;
    number_set(bytes + at, breaks[i].size, breaks[i].number);
    broken = g_bytes_new(bytes, breaks[i].size ? size : at);
    function_start_incoming(&there, PROPERTIES);
    state_assert_refused(there.qtest, broken, breaks[i].message);
}

/* One bit of the device's section at a time: refused, or a function that can be asked */
static void test_flipped_bits(void)
{
    enum { FLIPS = 48, SEED = 20260101 };
    g_autoptr(GRand) rand = g_rand_new_with_seed(SEED);
    gsize size, length, section = state_section(good_state(), "barshift", &length);
    const uint8_t *good = g_bytes_get_data(good_state(), &size);

    for (unsigned i = 0; i < FLIPS; i++) {
        g_autofree uint8_t *bytes = g_memdup2(good, size);
        gsize at = section + (gsize)g_rand_int_range(rand, 0, (gint32)length);
        unsigned bit = (unsigned)g_rand_int_range(rand, 0, 8);
        g_autoptr(GBytes) state = NULL;
        g_autofree char *told = NULL;
        Function there;
        int status = 0;

        bytes[at] ^= (uint8_t)(1u << bit);
        state = g_bytes_new(bytes, size);
        function_start_incoming(&there, PROPERTIES);
        told = state_try_load(there.qtest, state, &status);
        if (told) {
            g_test_message("byte %zu, bit %u: %s", at - section, bit, told);
            g_assert_cmpint(status, ==, 1);
            continue;
        }
        g_free(observe_function(&there));
        function_place(&there, OTHER_BASE);
        assert_reached(&there, CONTROL_BASE, BARSHIFT_CONTROL_BAR);
        qtest_system_reset(there.qtest);
        function_stop(&there);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(breaks); i++) {
        g_autofree char *path = g_strconcat("/broken-state/", breaks[i].name, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_broken);
    }
    g_test_add_func("/broken-state/flipped-bits-do-not-crash", test_flipped_bits);
    return g_test_run();
}
