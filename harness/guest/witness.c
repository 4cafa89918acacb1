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

void witness_header_read(const Access *access, const Function *function, int bar_nr,
                         BarHeader *header)
{
    *header = (BarHeader) { .seen = false };
    if (register_read(access, function, bar_nr, BARSHIFT_HEADER_MAGIC, 4) != BARSHIFT_MAGIC) {
        return;
    }
    header->seen = true;
    header->tag = (uint32_t)register_read(access, function, bar_nr, BARSHIFT_HEADER_TAG, 4);
    header->bar = (uint32_t)register_read(access, function, bar_nr, BARSHIFT_HEADER_BAR, 4);
    header->size_bytes = register_read(access, function, bar_nr, BARSHIFT_HEADER_SIZE, 8);
    header->base = register_read(access, function, bar_nr, BARSHIFT_HEADER_ADDRESS, 8) -
                   BARSHIFT_HEADER_ADDRESS;
}

static void control_read(const Access *access, Function *function)
{
    function->control_known = true;
    function->ledger_total =
        register_read(access, function, BARSHIFT_CONTROL_BAR, BARSHIFT_LEDGER_TOTAL, 8);
    for (unsigned n = 0; n < BARSHIFT_SCRATCHES; n++) {
        function->scratch[n] =
            register_read(access, function, BARSHIFT_CONTROL_BAR, BARSHIFT_CONTROL_SCRATCH(n), 8);
    }
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Bar *bar = &function->bars[nr];

        bar->device_known = true;
        bar->device_base =
            register_read(access, function, BARSHIFT_CONTROL_BAR, BARSHIFT_DECODED_BASE(nr), 8);
        bar->device_size_bytes =
            register_read(access, function, BARSHIFT_CONTROL_BAR, BARSHIFT_DECODED_SIZE(nr), 8);
        bar->device_decoded = bar->device_base != BARSHIFT_NOT_DECODED;
    }
}

static void function_read(const Access *access, Function *function)
{
    const BarHeader *control = &function->bars[BARSHIFT_CONTROL_BAR].header;

    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Bar *bar = &function->bars[nr];

        if (bar_is_memory(bar) && bar_is_decoded(function, bar) && !range_is_empty(bar->kernel)) {
            witness_header_read(access, function, nr, &bar->header);
        }
    }
    /* Registers of another function, reached by mistake, are no witness of this one */
    if (control->seen && control->tag == function->tag && control->bar == BARSHIFT_CONTROL_BAR) {
        control_read(access, function);
    }
}

void witness_read(Topology *topology, const Access *access)
{
    for (size_t i = 0; i < topology->function_count; i++) {
        if (topology->functions[i].tagged) {
            function_read(access, &topology->functions[i]);
        }
    }
}
