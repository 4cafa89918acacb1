/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "witness.h"

/* A read that fails leaves all ones, the same as a read that nobody answers */
static uint64_t register_read(const Access *access, const Function *function, int bar_nr,
                              uint64_t offset, unsigned width_bytes)
{
    uint64_t value = UINT64_MAX;

    access_read(access, function, bar_nr, offset, width_bytes, &value);
    return value;
}

static uint32_t register_read32(const Access *access, const Function *function, int bar_nr,
                                uint64_t offset)
{
    return (uint32_t)register_read(access, function, bar_nr, offset, 4);
}

void witness_header_read(const Access *access, const Function *function, int bar_nr,
                         BarHeader *header)
{
    uint32_t contents;

    *header = (BarHeader) { .seen = false };
    if (register_read32(access, function, bar_nr, BARSHIFT_HEADER_MAGIC) != BARSHIFT_MAGIC) {
        return;
    }
    header->magic = true;
    header->version = register_read32(access, function, bar_nr, BARSHIFT_HEADER_VERSION);
    if (header->version != BARSHIFT_VERSION) {
        return; /* what the other registers mean is a matter of the version */
    }
    header->seen = true;
    header->tag = register_read32(access, function, bar_nr, BARSHIFT_HEADER_TAG);
    header->bar = register_read32(access, function, bar_nr, BARSHIFT_HEADER_BAR);
    header->size_bytes = register_read(access, function, bar_nr, BARSHIFT_HEADER_SIZE, 8);
    header->base = register_read(access, function, bar_nr, BARSHIFT_HEADER_ADDRESS, 8) -
                   BARSHIFT_HEADER_ADDRESS;
    contents = register_read32(access, function, bar_nr, BARSHIFT_HEADER_CONTENTS);
    header->backing = contents & BARSHIFT_CONTENTS_BACKING;
    header->control = (contents & BARSHIFT_CONTENTS_CONTROL) != 0;
}

static void decode_read(const Access *access, Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Bar *bar = &function->bars[nr];

        bar->device_known = true;
        bar->device_base =
            register_read(access, function, function->control_bar, BARSHIFT_DECODED_BASE(nr), 8);
        bar->device_size_bytes =
            register_read(access, function, function->control_bar, BARSHIFT_DECODED_SIZE(nr), 8);
        bar->device_decoded = bar->device_base != BARSHIFT_NOT_DECODED;
        if (bar->kind == BAR_NONE && bar->device_size_bytes != 0) {
            bar->kind = BAR_MEM32; /* the only kind that can read 0 and be forgotten */
        }
    }
}

static void control_read(const Access *access, Function *function)
{
    int nr = function->control_bar;

    function->control_known = true;
    function->ledger_total = register_read(access, function, nr, BARSHIFT_LEDGER_TOTAL, 8);
    function->violations = register_read(access, function, nr, BARSHIFT_VIOLATIONS, 8);
    function->driver_state = register_read32(access, function, nr, BARSHIFT_DRIVER_STATE);
    for (unsigned n = 0; n < BARSHIFT_SCRATCHES; n++) {
        function->scratch[n] =
            register_read(access, function, nr, BARSHIFT_CONTROL_SCRATCH(n), 8);
    }
    decode_read(access, function);
}

void witness_function_read(Function *function, const Access *access)
{
    int control_bar = -1;

    if (!function->tagged) {
        return;
    }
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Bar *bar = &function->bars[nr];
        BarHeader *header = &bar->header;

        if (!bar_has_header(bar) || !bar_is_decoded(function, bar) ||
            range_is_empty(bar->kernel)) {
            continue;
        }
        witness_header_read(access, function, nr, header);
        /* Registers of another function, reached by mistake, are no witness of this one */
        if (header->seen && header->control && header->tag == function->tag &&
            header->bar == (uint32_t)nr) {
            control_bar = nr;
        }
    }
    if (control_bar >= 0) {
        function->control_bar = control_bar;
        control_read(access, function);
    }
}

void witness_read(Topology *topology, const Access *access)
{
    for (size_t i = 0; i < topology->function_count; i++) {
        witness_function_read(&topology->functions[i], access);
    }
}
