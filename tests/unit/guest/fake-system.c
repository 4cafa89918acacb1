/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "fake-system.h"
#include "pattern.h"
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

/* A register of 64 bits is one cell at its offset; its upper half may be asked for alone */
static uint64_t header_cell(const FakeSystem *fake, int index, const Bar *bar, uint64_t offset)
{
    const FakeDevice *device = &fake->devices[index];

    switch (offset) {
    case BARSHIFT_HEADER_MAGIC: return BARSHIFT_MAGIC;
    case BARSHIFT_HEADER_TAG: return device->tag;
    case BARSHIFT_HEADER_BAR: return (uint64_t)bar->nr;
    case BARSHIFT_HEADER_VERSION: return device->version;
    case BARSHIFT_HEADER_SIZE: return range_size(bar->kernel);
    case BARSHIFT_HEADER_ADDRESS: return bar->kernel.start + offset + (uint64_t)fake->header_shift;
    case BARSHIFT_HEADER_CONTENTS:
        return device->backing[bar->nr] |
               (device->control_bar == bar->nr ? BARSHIFT_CONTENTS_CONTROL : 0);
    default: return 0;
    }
}

static uint64_t control_cell(const FakeSystem *fake, int index, uint64_t offset)
{
    const Function *function = &fake->functions[index];

    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Range range = function->bars[nr].kernel;

        if (offset == (uint64_t)BARSHIFT_DECODED_BASE(nr)) {
            return range_is_empty(range) ? BARSHIFT_NOT_DECODED : range.start;
        }
        if (offset == (uint64_t)BARSHIFT_DECODED_SIZE(nr)) {
            return range_size(range);
        }
    }
    switch (offset) {
    case BARSHIFT_LEDGER_TOTAL: return 12;
    case BARSHIFT_DRIVER_STATE: return fake->devices[index].driver_state;
    case BARSHIFT_VIOLATIONS: return fake->devices[index].violations;
    default: return 0;
    }
}

static bool is_register(const FakeDevice *device, int bar_nr, uint64_t offset)
{
    return offset < BARSHIFT_HEADER_CONTENTS + 4 ||
           (bar_nr == device->control_bar && offset >= BARSHIFT_LEDGER_TOTAL);
}

static bool is_header(const Function *function, int bar_nr, uint64_t offset)
{
    return offset < bar_header_bytes(function->bars[bar_nr].kind,
                                     range_size(function->bars[bar_nr].kernel));
}

/* @offset: of a register or of a word of eight bytes */
static uint64_t cell_read(FakeSystem *fake, int index, int bar_nr, uint64_t offset)
{
    const Function *function = &fake->functions[index];
    FakeDevice *device = &fake->devices[index];
    bool header = is_header(function, bar_nr, offset);
    uint64_t place = header ? offset : offset & fake->alias_mask;
    const FakeWord *word = word_find(fake, device->tag, bar_nr, place);

    if (word) {
        return word->value;
    }
    if (header) {
        device->bad_accesses += !is_register(device, bar_nr, offset);
        return offset < BARSHIFT_LEDGER_TOTAL
                   ? header_cell(fake, index, &function->bars[bar_nr], offset)
                   : control_cell(fake, index, offset);
    }
    device->bad_accesses += device->backing[bar_nr] == BARSHIFT_BACKING_NONE;
    return device->backing[bar_nr] == BARSHIFT_BACKING_PATTERN
               ? barshift_pattern(device->tag, (unsigned)bar_nr, place)
               : 0;
}

/* The upper half of a 64-bit register or word; those of 32 bits have cells of their own */
static bool is_upper_half(const Function *function, int bar_nr, uint64_t offset)
{
    bool wide = (offset >= BARSHIFT_HEADER_SIZE && offset < BARSHIFT_HEADER_CONTENTS) ||
                !is_header(function, bar_nr, offset);

    return wide && offset % 8 == 4;
}

static uint64_t device_read(FakeSystem *fake, int index, int bar_nr, uint64_t offset,
                            unsigned width_bytes)
{
    FakeDevice *device = &fake->devices[index];
    uint64_t value;

    if (device->tag == 0) {
        return width_bytes == 4 ? UINT32_MAX : UINT64_MAX;
    }
    device->violations += device->driver_state == BARSHIFT_DRIVER_STOPPED;
    value = is_upper_half(&fake->functions[index], bar_nr, offset)
                ? cell_read(fake, index, bar_nr, offset - 4) >> 32
                : cell_read(fake, index, bar_nr, offset);
    return width_bytes == 4 ? value & UINT32_MAX : value;
}

static int cell_write(FakeSystem *fake, int index, int bar_nr, uint64_t offset, uint64_t value)
{
    uint32_t tag = fake->devices[index].tag;
    uint64_t place = is_header(&fake->functions[index], bar_nr, offset)
                         ? offset
                         : offset & fake->alias_mask;
    FakeWord *word = word_find(fake, tag, bar_nr, place);

    if (!word && fake->word_count < FAKE_WORDS) {
        word = &fake->words[fake->word_count++];
        *word = (FakeWord) { .tag = tag, .bar_nr = bar_nr, .offset = place };
    }
    if (!word) {
        return -ENOMEM;
    }
    word->value = value;
    return 0;
}

static int device_write(FakeSystem *fake, int index, int bar_nr, uint64_t offset,
                        unsigned width_bytes, uint64_t value)
{
    FakeDevice *device = &fake->devices[index];
    const Function *function = &fake->functions[index];
    bool header = is_header(function, bar_nr, offset);

    if (device->tag == 0) {
        return 0;
    }
    if (bar_nr == device->control_bar && offset == BARSHIFT_DRIVER_STATE) {
        device->driver_state = value;
        if (device->declared_count < sizeof(device->declared) / sizeof(device->declared[0])) {
            device->declared[device->declared_count++] = value;
        }
        return 0;
    }
    device->violations += device->driver_state == BARSHIFT_DRIVER_STOPPED;
    device->bad_accesses += header ? !is_register(device, bar_nr, offset)
                                   : device->backing[bar_nr] != BARSHIFT_BACKING_RAM;
    if (fake->stuck || (!header && device->backing[bar_nr] != BARSHIFT_BACKING_RAM)) {
        return 0;
    }
    if (width_bytes == 4) { /* half of a 64-bit register */
        uint64_t at = offset - offset % 8;
        uint64_t whole = cell_read(fake, index, bar_nr, at);
        unsigned shift = 8 * (offset % 8);

        value = (whole & ~(UINT64_C(0xffffffff) << shift)) | value << shift;
        offset = at;
    }
    return cell_write(fake, index, bar_nr, offset, value);
}

static int index_of(const FakeSystem *fake, const char *bdf)
{
    return strcmp(fake->functions[0].bdf, bdf) == 0 ? 0 : 1;
}

static void memory_read(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    FakeSystem *fake = context;

    for (size_t i = 0; i < count; i++) {
        words[i].value = device_read(fake, index_of(fake, bdf), bar_nr, words[i].offset,
                                     words[i].width_bytes);
        words[i].result = fake->access_error;
    }
}

static void memory_write(void *context, const char *bdf, int bar_nr, AccessWord *words,
                         size_t count)
{
    FakeSystem *fake = context;

    for (size_t i = 0; i < count; i++) {
        words[i].result = fake->access_error != 0
                              ? fake->access_error
                              : device_write(fake, index_of(fake, bdf), bar_nr, words[i].offset,
                                             words[i].width_bytes, words[i].value);
    }
}

/* As the kernel: no access is wider than an instruction's */
static void ports_read(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        words[i].result = -EINVAL;
        if (words[i].width_bytes <= 4) {
            memory_read(context, bdf, bar_nr, &words[i], 1);
        }
    }
}

static void ports_write(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        words[i].result = -EINVAL;
        if (words[i].width_bytes <= 4) {
            memory_write(context, bdf, bar_nr, &words[i], 1);
        }
    }
}

static void physical_word_read(FakeSystem *fake, AccessWord *word)
{
    uint64_t address = word->offset;
    unsigned width_bytes = word->width_bytes;
    Range range = range_sized(address, width_bytes);

    word->result = fake->physical_error;
    if (fake->physical_error != 0) {
        return;
    }
    word->value = width_bytes == 4 ? UINT32_MAX : UINT64_MAX;
    for (int index = 0; index < 2; index++) {
        for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
            const Bar *bar = &fake->functions[index].bars[nr];

            if (bar_is_memory(bar) && range_contains(bar->kernel, range)) {
                word->value =
                    device_read(fake, index, nr, address - bar->kernel.start, width_bytes);
            }
        }
    }
    if (fake->old_answers && range_contains(range_sized(FAKE_OLD_BASE, FAKE_SIZE), range)) {
        word->value = device_read(fake, 0, FAKE_MEMORY, address - FAKE_OLD_BASE, width_bytes);
    }
}

static void read_physical(void *context, AccessWord *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        physical_word_read(context, &words[i]);
    }
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
    Bar *memory = &function->bars[FAKE_MEMORY];

    *function = (Function) {
        .bus = n + 1, .parent = n, .vendor = BARSHIFT_VENDOR_ID, .device = BARSHIFT_DEVICE_ID,
        .is_barshift = true, .tagged = true, .tag = (uint32_t)n + 1, .control_bar = -1,
        .memory_decode = true, .io_decode = true, .enabled = true,
    };
    memcpy(function->bdf, n == 0 ? "0000:01:00.0" : "0000:02:00.0", sizeof("0000:01:00.0"));
    for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
        function->bars[nr].nr = nr;
        function->bars[nr].kernel = range_empty();
        function->bars[nr].msix_table = range_empty();
        function->bars[nr].msix_pba = range_empty();
    }
    bar_init(&function->bars[FAKE_CONTROL], BAR_MEM32, FAKE_LOW_BASE((uint64_t)n),
             FAKE_CONTROL_SIZE);
    bar_init(memory, BAR_MEM64, FAKE_BASE((uint64_t)n), FAKE_SIZE);
    memory->prefetchable = true;
    memory->resizable = true;
    memory->rebar_sizes = 0x7f00;
    memory->rebar_field = 11;
    memory->rebar_size_bytes = FAKE_SIZE;
}

static void device_init(FakeDevice *device, int n)
{
    *device = (FakeDevice) {
        .tag = (uint32_t)n + 1,
        .version = BARSHIFT_VERSION,
        .control_bar = FAKE_CONTROL,
        .backing = { [FAKE_MEMORY] = BARSHIFT_BACKING_RAM },
        .driver_state = BARSHIFT_DRIVER_STARTED,
    };
}

static void bridge_init(Bridge *bridge, int n)
{
    *bridge = (Bridge) { .parent = -1, .secondary = n + 1, .subordinate = n + 1 };
    memcpy(bridge->bdf, n == 0 ? "0000:00:02.0" : "0000:00:03.0", sizeof("0000:00:02.0"));
    bridge->windows[WINDOW_IO].config = range_sized(FAKE_PORTS((uint64_t)n), 0x1000);
    bridge->windows[WINDOW_MEM].config = range_sized(FAKE_LOW_BASE((uint64_t)n), 0x100000);
    bridge->windows[WINDOW_PREF].config = range_sized(FAKE_BASE((uint64_t)n), FAKE_SIZE);
}

void fake_system_witness(FakeSystem *fake)
{
    witness_read(&fake->topology, &fake->access);
}

void fake_system_add_bar(FakeSystem *fake, int index, int bar_nr, BarKind kind, uint64_t base,
                         uint64_t size_bytes, enum barshift_backing backing)
{
    bar_init(&fake->functions[index].bars[bar_nr], kind, base, size_bytes);
    fake->devices[index].backing[bar_nr] = backing;
    fake_system_witness(fake);
}

void fake_system_init(FakeSystem *fake)
{
    memset(fake, 0, sizeof(*fake));
    for (int n = 0; n < 2; n++) {
        function_init(&fake->functions[n], n);
        device_init(&fake->devices[n], n);
        bridge_init(&fake->bridges[n], n);
    }
    fake->alias_mask = UINT64_MAX;
    fake->topology.functions = fake->functions;
    fake->topology.function_count = 2;
    fake->topology.bridges = fake->bridges;
    fake->topology.bridge_count = 2;
    fake->topology.host_windows[0].range = (Range) { 0xc0000000, 0xfebfffff };
    fake->topology.host_windows[1].range = (Range) { 0x100000000, 0x33fffffff };
    fake->topology.host_windows[2] = (HostWindow) { .io = true, .range = { 0xd00, 0xffff } };
    fake->topology.host_window_count = 3;
    fake->access = (Access) {
        .memory = { .read = memory_read, .write = memory_write },
        .io = { .read = ports_read, .write = ports_write },
        .read_physical = read_physical,
        .context = fake,
    };
    fake_system_witness(fake);
}
