/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BARs of functions as layouts of the device, whose rules docs/device.md has. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rebar-size.h"
#include "sketch.h"

#define IO_LEAST 4
#define IO_CONFORMING 256
#define IO_MOST UINT64_C(0x10000)
#define ROM_LEAST 2048
#define ROM_MOST UINT64_C(0x1000000)
#define RAM_MOST (UINT64_C(1) << 40)
#define MEM32_MOST (UINT64_C(1) << 31)
#define REBAR_ONE_AT_MOST (UINT64_C(1) << 39) /* at least one size is not above it */
#define VFS_MOST 16
#define TEXT_SIZE 1024

/** struct BarText - one BAR on its way to a property */
typedef struct BarText {
    const char *who; /* for notes: "0000:01:00.0 BAR 0" */
    BarKind kind;
    bool prefetchable;
    bool control;
    bool alone; /* the only memory BAR: it has content in spite of the control registers */
    uint64_t size;
    uint64_t sizes; /* Resizable BAR; 0: none */
} BarText;

void sketch_size_text(uint64_t size_bytes, char *text)
{
    static const char units[] = "KMGTPE";
    unsigned unit = 0;

    while (unit < 6 && size_bytes != 0 && size_bytes % 1024 == 0) {
        size_bytes /= 1024;
        unit++;
    }
    snprintf(text, SKETCH_SIZE_TEXT, "%llu%.1s", (unsigned long long)size_bytes,
             unit == 0 ? "" : &units[unit - 1]);
}

static uint64_t power_of_two(uint64_t size)
{
    uint64_t power = 1;

    while (power < size) {
        power <<= 1;
    }
    return power;
}

/* What the bench's device can be, with a note for what changes */
static void bar_adapt(Notes *notes, BarText *bar)
{
    uint64_t least = bar->kind == BAR_IO ? IO_LEAST : BARSHIFT_HEADER_PAGE_SIZE;
    uint64_t size = power_of_two(bar->size < least ? least : bar->size);
    char before[SKETCH_SIZE_TEXT];
    char after[SKETCH_SIZE_TEXT];
    unsigned field;

    if (bar->kind == BAR_IO && size > IO_MOST) {
        size = IO_MOST;
    }
    if (size != bar->size) {
        sketch_size_text(bar->size, before);
        sketch_size_text(size, after);
        notes_add(notes, "%s: %s becomes %s", bar->who, before, after);
        bar->size = size;
    }
    if (bar->kind == BAR_MEM32) {
        bar->sizes &= (UINT64_C(1) << 12) - 1; /* up to 2 GiB */
    }
    if (bar->sizes != 0 &&
        (rebar_size_encode(size, &field) < 0 || !rebar_size_offered(bar->sizes, field) ||
         (bar->sizes & (REBAR_ONE_AT_MOST / 1048576 * 2 - 1)) == 0)) {
        notes_add(notes, "%s: is not resizable any more: its size is none that it offers",
                  bar->who);
        bar->sizes = 0;
    }
}

static void sizes_text(uint64_t sizes, char *text)
{
    size_t length = 0;

    for (unsigned first = 0; first <= REBAR_SIZE_FIELD_MAX; first++) {
        unsigned last = first;
        char from[SKETCH_SIZE_TEXT];
        char to[SKETCH_SIZE_TEXT];

        if (!rebar_size_offered(sizes, first)) {
            continue;
        }
        while (rebar_size_offered(sizes, last + 1)) {
            last++;
        }
        sketch_size_text(UINT64_C(1) << (first + 20), from);
        sketch_size_text(UINT64_C(1) << (last + 20), to);
        length += (size_t)snprintf(text + length, TEXT_SIZE - length, "%s%s%s%s",
                                   length == 0 ? "" : "+", from, last > first ? "-" : "",
                                   last > first ? to : "");
        first = last;
    }
}

static void bar_write(FILE *file, const char *property, int nr, const BarText *bar)
{
    static const char *const kinds[] = { [BAR_IO] = "io", [BAR_MEM32] = "mem32",
                                         [BAR_MEM64] = "mem64" };
    uint64_t most = bar->sizes == 0 ? bar->size
                                    : UINT64_C(1) << (63 - __builtin_clzll(bar->sizes) + 20);
    bool odd = bar->kind == BAR_IO ? bar->size > IO_CONFORMING
                                   : bar->kind == BAR_MEM32 && bar->prefetchable;
    bool content = bar->kind != BAR_IO &&
                   (!bar->control || (bar->alone && most > BARSHIFT_HEADER_PAGE_SIZE));
    char size[SKETCH_SIZE_TEXT];
    char sizes[TEXT_SIZE] = "";

    sketch_size_text(bar->size, size);
    fprintf(file, "%s%d = %s:%s%s", property, nr, size, kinds[bar->kind],
            bar->prefetchable ? ":pref" : "");
    if (bar->sizes != 0) {
        sizes_text(bar->sizes, sizes);
        fprintf(file, ":rebar=%s", sizes);
    }
    fprintf(file, "%s%s%s\n", bar->control ? ":control" : "", odd ? ":nonconforming" : "",
            !content ? "" : most > RAM_MOST ? ":pattern" : ":ram");
}

/* The smallest one that is not resizable, so that the others hold what is to be moved */
static int control_choose(const Bar *bars)
{
    int chosen = -1;

    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        const Bar *bar = &bars[nr];

        if (!bar_is_memory(bar) || bar_size_bytes(bar) == 0) {
            continue;
        }
        if (chosen < 0 || bar->resizable < bars[chosen].resizable ||
            (bar->resizable == bars[chosen].resizable &&
             bar_size_bytes(bar) < bar_size_bytes(&bars[chosen]))) {
            chosen = nr;
        }
    }
    return chosen;
}

static int memory_count(const Bar *bars)
{
    int count = 0;

    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        count += bar_is_memory(&bars[nr]) && bar_size_bytes(&bars[nr]) != 0;
    }
    return count;
}

/* Return: a free place among the BARs; -1: there is none */
static int slot_free(const Bar *bars)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        bool upper_half = nr > 0 && bars[nr - 1].kind == BAR_MEM64;

        if (!upper_half && (bars[nr].kind == BAR_NONE || bar_size_bytes(&bars[nr]) == 0)) {
            return nr;
        }
    }
    return -1;
}

static bool io_kept(const Sketch *sketch, const SketchFunction *place)
{
    int port = place->port;

    while (port >= 0 && sketch->ports[port].parent >= 0) {
        port = sketch->ports[port].parent;
    }
    return port >= 0 && sketch->ports[port].io;
}

/* Return: is there such a BAR in the layout? */
static bool bar_text_make(Sketch *sketch, const SketchFunction *place, const Bar *bar,
                          const char *who, BarText *text)
{
    if (bar->kind == BAR_NONE) {
        return false;
    }
    if (bar_size_bytes(bar) == 0) {
        notes_gather(&sketch->notes, "left out, as the capture does not tell the size", who);
        return false;
    }
    if (bar->kind == BAR_IO && !io_kept(sketch, place)) {
        notes_gather(&sketch->notes,
                     place->port == SKETCH_ROOT_BUS
                         ? "left out, as I/O ranges of integrated devices are"
                         : "left out, as QEMU has I/O windows for a few root ports only", who);
        return false;
    }
    if ((sketch->captured->facts[place->function].lifted >> bar->nr & 1) != 0) {
        notes_gather(&sketch->notes, "64-bit prefetchable now, as it lay above 4G", who);
    }
    *text = (BarText) { .who = who, .kind = bar->kind, .prefetchable = bar->prefetchable,
                        .size = bar_size_bytes(bar), .sizes = bar->rebar_sizes };
    bar_adapt(&sketch->notes, text);
    return true;
}

static void bars_write(Sketch *sketch, const SketchFunction *place, FILE *file)
{
    const Function *function = &sketch->captured->topology.functions[place->function];
    int control = control_choose(function->bars);
    int added = control < 0 ? slot_free(function->bars) : -1;
    bool alone = memory_count(function->bars) == 1;

    if (control < 0) {
        added = added < 0 ? BARSHIFT_BARS - 1 : added;
        notes_gather(&sketch->notes, "with 4K of control registers that were not there",
                     function->bdf);
    }
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        char who[BDF_SIZE + 16];
        BarText text;

        snprintf(who, sizeof(who), "%s BAR %d", function->bdf, nr);
        if (nr == added) {
            bar_text_make(sketch, place, &function->bars[nr], who, &text); /* for what it says */
            text = (BarText) { .kind = BAR_MEM32, .control = true,
                               .size = BARSHIFT_HEADER_PAGE_SIZE };
            bar_write(file, "bar", nr, &text);
        } else if (bar_text_make(sketch, place, &function->bars[nr], who, &text)) {
            text.control = nr == control;
            text.alone = alone;
            bar_write(file, "bar", nr, &text);
        }
    }
}

static void rom_write(Sketch *sketch, const Function *function, FILE *file)
{
    uint64_t bytes = function->bars[TOPOLOGY_ROM].kernel_size_bytes;
    char size[SKETCH_SIZE_TEXT];

    if (bytes == 0 || function->bars[TOPOLOGY_ROM].kind != BAR_ROM) {
        return;
    }
    if (bytes < ROM_LEAST || bytes > ROM_MOST || (bytes & (bytes - 1)) != 0) {
        notes_add(&sketch->notes, "%s: expansion ROM left out", function->bdf);
        return;
    }
    sketch_size_text(bytes, size);
    fprintf(file, "rom = %s\n", size);
}

/* Fewer virtual functions with larger BARs ask for the same room */
static uint64_t vf_size(uint64_t size, unsigned vfs)
{
    uint64_t least = size < BARSHIFT_HEADER_PAGE_SIZE ? BARSHIFT_HEADER_PAGE_SIZE : size;

    return vfs <= VFS_MOST ? power_of_two(least) : power_of_two((least * vfs + 15) / VFS_MOST);
}

static bool vf_sizes_known(const Facts *facts)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (facts->vf_bars[nr].kind != BAR_NONE && facts->vf_bars[nr].kernel_size_bytes == 0) {
            return false;
        }
    }
    return memory_count(facts->vf_bars) > 0;
}

/* QEMU wants all functions of a device to have virtual functions, or none of them */
static bool device_has_vfs(const Sketch *sketch, const SketchFunction *place)
{
    for (size_t i = 0; i < sketch->function_count; i++) {
        const SketchFunction *other = &sketch->functions[i];

        if (other->port == place->port &&
            !vf_sizes_known(&sketch->captured->facts[other->function])) {
            return false;
        }
    }
    return true;
}

static void vfs_write(Sketch *sketch, const SketchFunction *place, FILE *file)
{
    const Facts *facts = &sketch->captured->facts[place->function];
    const char *bdf = sketch->captured->topology.functions[place->function].bdf;
    int control = control_choose(facts->vf_bars);
    unsigned count = facts->vfs > VFS_MOST ? VFS_MOST : facts->vfs;

    if (facts->vfs == 0 || place->port == SKETCH_ROOT_BUS) {
        return;
    }
    if (!device_has_vfs(sketch, place)) {
        notes_add(&sketch->notes, "%s: its virtual functions are left out: %s", bdf,
                  vf_sizes_known(facts) ? "another function of the device has none"
                                        : "the capture does not tell the sizes of their BARs");
        return;
    }
    if (facts->vfs > VFS_MOST) {
        notes_add(&sketch->notes, "%s: %u virtual functions become %d with larger BARs", bdf,
                  facts->vfs, VFS_MOST);
    }
    if (facts->vfs_now > 0) {
        notes_add(&sketch->notes, "%s: %u virtual functions were enabled; here none is", bdf,
                  facts->vfs_now);
    }
    fprintf(file, "vfs = %u\n", count);
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        const Bar *bar = &facts->vf_bars[nr];
        BarText text = { .kind = bar->kind, .prefetchable = bar->prefetchable,
                         .control = nr == control, .alone = memory_count(facts->vf_bars) == 1,
                         .size = vf_size(bar->kernel_size_bytes, facts->vfs) };

        if (bar->kind != BAR_NONE) {
            bar_write(file, "vf-bar", nr, &text);
        }
    }
}

static void identity_write(const Sketch *sketch, const SketchFunction *place, FILE *file)
{
    const Function *function = &sketch->captured->topology.functions[place->function];
    const Facts *facts = &sketch->captured->facts[place->function];

    fprintf(file, "vendor-id = 0x%04x\ndevice-id = 0x%04x\nrevision = 0x%02x\nclass = 0x%06x\n",
            function->vendor, function->device, facts->revision, facts->class_id);
    fprintf(file, "subsystem-vendor-id = 0x%04x\nsubsystem-id = 0x%04x\n",
            facts->subsystem_vendor, facts->subsystem);
}

/* Return: the index of a layout with a text, which is handed over; or -ENOMEM */
static int layout_find_or_add(Sketch *sketch, char *text, int function)
{
    for (size_t i = 0; i < sketch->layout_count; i++) {
        if (strcmp(sketch->layouts[i].text, text) == 0) {
            free(text);
            sketch->layouts[i].uses++;
            return (int)i;
        }
    }
    sketch->layouts[sketch->layout_count] =
        (SketchLayout) { .text = text, .function = function, .uses = 1 };
    return (int)sketch->layout_count++;
}

int sketch_layouts(Sketch *sketch)
{
    sketch->layouts = calloc(sketch->function_count + 1, sizeof(*sketch->layouts));
    for (size_t i = 0; sketch->layouts && i < sketch->function_count; i++) {
        SketchFunction *place = &sketch->functions[i];
        char *text = NULL;
        size_t size = 0;
        FILE *file = open_memstream(&text, &size);

        if (!file) {
            return -ENOMEM;
        }
        bars_write(sketch, place, file);
        rom_write(sketch, &sketch->captured->topology.functions[place->function], file);
        vfs_write(sketch, place, file);
        if (sketch->identity) {
            identity_write(sketch, place, file);
        }
        if (fclose(file) != 0) {
            free(text);
            return -ENOMEM;
        }
        place->layout = layout_find_or_add(sketch, text, place->function);
    }
    return sketch->layouts ? 0 : -ENOMEM;
}
