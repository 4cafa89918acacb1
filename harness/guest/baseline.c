/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"

BaselineFunction *baseline_append(Baseline *baseline)
{
    BaselineFunction *functions;

    if (baseline->function_count == BASELINE_FUNCTIONS_MAX) {
        return NULL;
    }
    functions = reallocarray(baseline->functions, baseline->function_count + 1,
                             sizeof(*functions));
    if (!functions) {
        return NULL;
    }
    baseline->functions = functions;
    functions += baseline->function_count++;
    memset(functions, 0, sizeof(*functions));
    functions->control_bar = -1;
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        functions->bars[nr].range = range_empty();
    }
    return functions;
}

static int content_take(BaselineBar *noted, const Function *function, const Bar *bar,
                        const Access *access)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    AccessWord words[CONTENT_OFFSETS_MAX];
    size_t count = content_offsets(bar, range_size(bar->kernel), offsets);
    int result;

    for (size_t i = 0; i < count; i++) {
        words[i] = (AccessWord) { .offset = offsets[i], .width_bytes = CONTENT_WORD_BYTES };
    }
    result = access_read_words(access, function, bar->nr, words, count);
    for (size_t i = 0; i < count && result == 0; i++) {
        if (words[i].value ==
            content_word(bar->header.backing, function->tag, bar->nr, offsets[i])) {
            noted->offsets[noted->offset_count++] = offsets[i];
        }
    }
    return result;
}

static int bar_take(BaselineBar *noted, const Function *function, const Bar *bar,
                    const Access *access)
{
    int result;

    noted->kind = bar->kind;
    noted->range = bar->kernel;
    noted->header_known = bar->header.seen;
    if (!bar->header.seen) {
        return 0;
    }
    noted->backing = bar->header.backing;
    result = access_read(access, function, bar->nr, BARSHIFT_HEADER_SCRATCH, 8,
                         &noted->header_scratch);
    if (result < 0 || noted->backing != BARSHIFT_BACKING_RAM) {
        return result;
    }
    return content_take(noted, function, bar, access);
}

static int function_take(BaselineFunction *noted, const Function *function, const Access *access)
{
    int result = 0;

    memcpy(noted->bdf, function->bdf, BDF_SIZE);
    noted->tag = function->tag;
    noted->memory_decode = function->memory_decode;
    noted->io_decode = function->io_decode;
    noted->control_bar = function->control_known ? function->control_bar : -1;
    noted->ledger_total = function->ledger_total;
    noted->violations = function->violations;
    memcpy(noted->scratch, function->scratch, sizeof(noted->scratch));
    for (int nr = 0; nr < BARSHIFT_BARS && result == 0; nr++) {
        result = bar_take(&noted->bars[nr], function, &function->bars[nr], access);
    }
    return result;
}

int baseline_take(Baseline *baseline, const Topology *topology, const Access *access)
{
    int result = 0;

    memset(baseline, 0, sizeof(*baseline));
    for (size_t i = 0; i < topology->function_count && result == 0; i++) {
        BaselineFunction *noted;

        if (!topology->functions[i].tagged) {
            continue;
        }
        noted = baseline_append(baseline);
        result = noted ? function_take(noted, &topology->functions[i], access) : -ENOMEM;
    }
    return result;
}

static void bar_write(const BaselineBar *bar, int nr, FILE *file)
{
    fprintf(file, "bar %d %s", nr, bar_kind_name(bar->kind));
    if (range_is_empty(bar->range)) {
        fprintf(file, " unassigned\n");
        return;
    }
    fprintf(file, " %s 0x%" PRIx64 " 0x%" PRIx64,
            bar->header_known ? backing_name(bar->backing) : "unknown", bar->range.start,
            range_size(bar->range));
    if (bar->header_known) {
        fprintf(file, " 0x%" PRIx64, bar->header_scratch);
    }
    fprintf(file, "\n");
    if (bar->offset_count > 0) {
        fprintf(file, "filled");
        for (size_t i = 0; i < bar->offset_count; i++) {
            fprintf(file, " 0x%" PRIx64, bar->offsets[i]);
        }
        fprintf(file, "\n");
    }
}

static void function_write(const BaselineFunction *function, FILE *file)
{
    fprintf(file, "function %s tag %" PRIu32 " memory %d io %d\n", function->bdf, function->tag,
            function->memory_decode, function->io_decode);
    if (function->control_bar >= 0) {
        fprintf(file, "control %d ledger %" PRIu64 " violations %" PRIu64 " scratch",
                function->control_bar, function->ledger_total, function->violations);
        for (int n = 0; n < BARSHIFT_SCRATCHES; n++) {
            fprintf(file, " 0x%" PRIx64, function->scratch[n]);
        }
        fprintf(file, "\n");
    }
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (function->bars[nr].kind != BAR_NONE) {
            bar_write(&function->bars[nr], nr, file);
        }
    }
}

int baseline_write(const Baseline *baseline, FILE *file)
{
    fprintf(file, "barshift-baseline 2\n");
    for (size_t i = 0; i < baseline->function_count; i++) {
        function_write(&baseline->functions[i], file);
    }
    fprintf(file, "end\n");
    return fflush(file) == 0 && !ferror(file) ? 0 : -EIO;
}

void baseline_free(Baseline *baseline)
{
    free(baseline->functions);
    memset(baseline, 0, sizeof(*baseline));
}

const BaselineFunction *baseline_find_tag(const Baseline *baseline, uint32_t tag)
{
    for (size_t i = 0; i < baseline->function_count; i++) {
        if (baseline->functions[i].tag == tag) {
            return &baseline->functions[i];
        }
    }
    return NULL;
}

bool baseline_bar_answered(const BaselineFunction *function, int bar_nr)
{
    const BaselineBar *bar = &function->bars[bar_nr];
    bool decoded = bar->kind == BAR_IO ? function->io_decode : function->memory_decode;

    return decoded && !range_is_empty(bar->range) &&
           bar_header_bytes(bar->kind, range_size(bar->range)) != 0;
}
