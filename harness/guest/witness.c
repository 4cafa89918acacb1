/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "witness.h"

/* Values of registers; a read that fails leaves all ones, the same as one that nobody answers */
static void registers_read(const Access *access, const Function *function, int bar_nr,
                           AccessWord *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        words[i].value = words[i].width_bytes == 8 ? UINT64_MAX : UINT32_MAX;
    }
    access_read_words(access, function, bar_nr, words, count);
}

static bool has_magic(const Access *access, const Function *function, int bar_nr)
{
    AccessWord magic = { .offset = BARSHIFT_HEADER_MAGIC, .width_bytes = 4 };

    registers_read(access, function, bar_nr, &magic, 1);
    return magic.value == BARSHIFT_MAGIC;
}

/* Behind a magic that is not there may be registers of anybody, whose reading can have effects. */
void witness_header_read(const Access *access, const Function *function, int bar_nr,
                         BarHeader *header)
{
    enum { VERSION, TAG, BAR, CONTENTS, SIZE, ADDRESS, WORDS };
    AccessWord words[WORDS] = {
        [VERSION] = { .offset = BARSHIFT_HEADER_VERSION, .width_bytes = 4 },
        [TAG] = { .offset = BARSHIFT_HEADER_TAG, .width_bytes = 4 },
        [BAR] = { .offset = BARSHIFT_HEADER_BAR, .width_bytes = 4 },
        [CONTENTS] = { .offset = BARSHIFT_HEADER_CONTENTS, .width_bytes = 4 },
        [SIZE] = { .offset = BARSHIFT_HEADER_SIZE, .width_bytes = 8 },
        [ADDRESS] = { .offset = BARSHIFT_HEADER_ADDRESS, .width_bytes = 8 },
    };

    *header = (BarHeader) { .seen = false };
    if (!has_magic(access, function, bar_nr)) {
        return;
    }
    registers_read(access, function, bar_nr, words, WORDS);
    header->magic = true;
    header->version = (uint32_t)words[VERSION].value;
    if (header->version != BARSHIFT_VERSION) {
        return; /* what the other registers mean is a matter of the version */
    }
    header->seen = true;
    header->tag = (uint32_t)words[TAG].value;
    header->bar = (uint32_t)words[BAR].value;
    header->size_bytes = words[SIZE].value;
    header->base = words[ADDRESS].value - BARSHIFT_HEADER_ADDRESS;
    header->backing = words[CONTENTS].value & BARSHIFT_CONTENTS_BACKING;
    header->control = (words[CONTENTS].value & BARSHIFT_CONTENTS_CONTROL) != 0;
}

static void decode_take(Function *function, const AccessWord *words)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Bar *bar = &function->bars[nr];

        bar->device_known = true;
        bar->device_base = words[2 * nr].value;
        bar->device_size_bytes = words[2 * nr + 1].value;
        bar->device_decoded = bar->device_base != BARSHIFT_NOT_DECODED;
        if (bar->kind == BAR_NONE && bar->device_size_bytes != 0) {
            bar->kind = BAR_MEM32; /* the only kind that can read 0 and be forgotten */
        }
    }
}

static void control_read(const Access *access, Function *function)
{
    enum { TOTAL, VIOLATIONS, STATE, SCRATCH, DECODE = SCRATCH + BARSHIFT_SCRATCHES,
           WORDS = DECODE + 2 * BARSHIFT_BARS };
    AccessWord words[WORDS] = {
        [TOTAL] = { .offset = BARSHIFT_LEDGER_TOTAL, .width_bytes = 8 },
        [VIOLATIONS] = { .offset = BARSHIFT_VIOLATIONS, .width_bytes = 8 },
        [STATE] = { .offset = BARSHIFT_DRIVER_STATE, .width_bytes = 4 },
    };

    for (unsigned n = 0; n < BARSHIFT_SCRATCHES; n++) {
        words[SCRATCH + n] =
            (AccessWord) { .offset = BARSHIFT_CONTROL_SCRATCH(n), .width_bytes = 8 };
    }
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        words[DECODE + 2 * nr] =
            (AccessWord) { .offset = BARSHIFT_DECODED_BASE(nr), .width_bytes = 8 };
        words[DECODE + 2 * nr + 1] =
            (AccessWord) { .offset = BARSHIFT_DECODED_SIZE(nr), .width_bytes = 8 };
    }
    registers_read(access, function, function->control_bar, words, WORDS);
    function->control_known = true;
    function->ledger_total = words[TOTAL].value;
    function->violations = words[VIOLATIONS].value;
    function->driver_state = (uint32_t)words[STATE].value;
    for (unsigned n = 0; n < BARSHIFT_SCRATCHES; n++) {
        function->scratch[n] = words[SCRATCH + n].value;
    }
    decode_take(function, &words[DECODE]);
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
