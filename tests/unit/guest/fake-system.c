/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "fake-system.h"
#include "witness.h"

static FakeWord *word_find(FakeSystem *fake, uint32_t tag, int bar_nr, uint64_t offset)
{
    for (size_t i = 0; i < fake->word_count; i++) {
        FakeWord *word = &fake->words[i];

        if (word->tag == tag && word->bar_nr == bar_nr && word->offset == offset) {
            return word;
        }
    }
    return NULL;
}

static uint64_t header_read(const Bar *bar, uint32_t tag, uint64_t offset, int64_t shift)
{
    switch (offset) {
    case BARSHIFT_HEADER_MAGIC: return BARSHIFT_MAGIC;
    case BARSHIFT_HEADER_TAG: return tag;
    case BARSHIFT_HEADER_BAR: return (uint64_t)bar->nr;
    case BARSHIFT_HEADER_SIZE: return range_size(bar->kernel);
    case BARSHIFT_HEADER_ADDRESS: return bar->kernel.start + offset + (uint64_t)shift;
    default: return 0;
    }
}

static uint64_t control_read(const Function *function, uint64_t offset)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Range range = function->bars[nr].kernel;

        if (offset == (uint64_t)BARSHIFT_DECODED_BASE(nr)) {
            return range_is_empty(range) ? BARSHIFT_NOT_DECODED : range.start;
        }
        if (offset == (uint64_t)BARSHIFT_DECODED_SIZE(nr)) {
            return range_size(range);
        }
    }
    return offset == BARSHIFT_LEDGER_TOTAL ? 12 : 0;
}

static uint64_t bar_read(FakeSystem *fake, int index, int bar_nr, uint64_t offset)
{
    const Function *function = &fake->functions[index];
    uint32_t tag = fake->answering_tag[index];
    const FakeWord *word = word_find(fake, tag, bar_nr, offset & fake->alias_mask);

    if (tag == 0) {
        return UINT64_MAX;
    }
    if (word) {
        return word->value;
    }
    if (offset < 0x100) {
        return header_read(&function->bars[bar_nr], tag, offset, fake->header_shift);
    }
    return bar_nr == BARSHIFT_CONTROL_BAR ? control_read(function, offset) : 0;
}

static int index_of(const FakeSystem *fake, const char *bdf)
{
    return strcmp(fake->functions[0].bdf, bdf) == 0 ? 0 : 1;
}

static uint64_t narrow(uint64_t value, unsigned width_bytes)
{
    return width_bytes == 4 ? value & UINT32_MAX : value;
}

static int fake_read(void *context, const char *bdf, int bar_nr, uint64_t offset,
                     unsigned width_bytes, uint64_t *value)
{
    FakeSystem *fake = context;

    *value = narrow(bar_read(fake, index_of(fake, bdf), bar_nr, offset), width_bytes);
    return 0;
}

static int fake_write(void *context, const char *bdf, int bar_nr, uint64_t offset,
                      unsigned width_bytes, uint64_t value)
{
    FakeSystem *fake = context;
    uint32_t tag = fake->answering_tag[index_of(fake, bdf)];
    FakeWord *word = word_find(fake, tag, bar_nr, offset & fake->alias_mask);

    (void)width_bytes;
    if (fake->stuck) {
        return 0;
    }
    if (!word && fake->word_count < FAKE_WORDS) {
        word = &fake->words[fake->word_count++];
        *word = (FakeWord) { .tag = tag, .bar_nr = bar_nr, .offset = offset & fake->alias_mask };
    }
    if (!word) {
        return -ENOMEM;
    }
    word->value = value;
    return 0;
}

static int fake_read_physical(void *context, uint64_t address, unsigned width_bytes,
                              uint64_t *value)
{
    FakeSystem *fake = context;

    if (fake->physical_error != 0) {
        return fake->physical_error;
    }
    *value = narrow(UINT64_MAX, width_bytes);
    for (int index = 0; index < 2; index++) {
        Range range = fake->functions[index].bars[BARSHIFT_MEMORY_BAR].kernel;

        if (range_contains(range, range_sized(address, width_bytes))) {
            *value = narrow(bar_read(fake, index, BARSHIFT_MEMORY_BAR, address - range.start),
                            width_bytes);
        }
    }
    if (fake->old_answers &&
        range_contains(range_sized(FAKE_OLD_BASE, FAKE_SIZE), range_sized(address, width_bytes))) {
        *value = narrow(bar_read(fake, 0, BARSHIFT_MEMORY_BAR, address - FAKE_OLD_BASE),
                        width_bytes);
    }
    return 0;
}

static void bar_init(Bar *bar, BarKind kind, uint64_t base, uint64_t size)
{
    bar->kind = kind;
    bar->config_base = base;
    bar->kernel = range_sized(base, size);
    bar->kernel_size_bytes = size;
}

static void function_init(Function *function, int n)
{
    Bar *memory = &function->bars[BARSHIFT_MEMORY_BAR];

    *function = (Function) {
        .bus = n + 1, .parent = n, .vendor = BARSHIFT_VENDOR_ID, .device = BARSHIFT_DEVICE_ID,
        .tagged = true, .tag = (uint32_t)n + 1, .memory_decode = true, .enabled = true,
    };
    memcpy(function->bdf, n == 0 ? "0000:01:00.0" : "0000:02:00.0", sizeof("0000:01:00.0"));
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        function->bars[nr].nr = nr;
        function->bars[nr].kernel = range_empty();
    }
    bar_init(&function->bars[BARSHIFT_CONTROL_BAR], BAR_MEM32,
             UINT64_C(0xfe800000) + (uint64_t)n * 0x100000, BARSHIFT_CONTROL_BAR_SIZE);
    bar_init(memory, BAR_MEM64, FAKE_BASE((uint64_t)n), FAKE_SIZE);
    memory->prefetchable = true;
    memory->resizable = true;
    memory->rebar_sizes = 0x7f00;
    memory->rebar_field = 11;
    memory->rebar_size_bytes = FAKE_SIZE;
}

static void bridge_init(Bridge *bridge, int n)
{
    uint64_t base = UINT64_C(0xfe800000) + (uint64_t)n * 0x100000;

    *bridge = (Bridge) { .parent = -1, .secondary = n + 1, .subordinate = n + 1 };
    memcpy(bridge->bdf, n == 0 ? "0000:00:02.0" : "0000:00:03.0", sizeof("0000:00:02.0"));
    bridge->windows[WINDOW_IO].config = range_empty();
    bridge->windows[WINDOW_MEM].config = range_sized(base, 0x100000);
    bridge->windows[WINDOW_PREF].config = range_sized(FAKE_BASE((uint64_t)n), FAKE_SIZE);
}

void fake_system_witness(FakeSystem *fake)
{
    witness_read(&fake->topology, &fake->access);
}

void fake_system_init(FakeSystem *fake)
{
    memset(fake, 0, sizeof(*fake));
    for (int n = 0; n < 2; n++) {
        function_init(&fake->functions[n], n);
        bridge_init(&fake->bridges[n], n);
        fake->answering_tag[n] = (uint32_t)n + 1;
    }
    fake->alias_mask = UINT64_MAX;
    fake->topology.functions = fake->functions;
    fake->topology.function_count = 2;
    fake->topology.bridges = fake->bridges;
    fake->topology.bridge_count = 2;
    fake->topology.host_windows[0].range = (Range) { 0xc0000000, 0xfebfffff };
    fake->topology.host_windows[1].range = (Range) { 0x100000000, 0x33fffffff };
    fake->topology.host_window_count = 2;
    fake->access = (Access) {
        .memory = { .read = fake_read, .write = fake_write },
        .read_physical = fake_read_physical,
        .context = fake,
    };
    fake_system_witness(fake);
}
