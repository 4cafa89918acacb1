/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reader of the baseline file; the format is told in baseline.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"

#define LINE_SIZE 4096 /* CONTENT_OFFSETS_MAX offsets of at most 19 characters fit */

typedef struct Reader {
    Baseline *baseline;
    BaselineFunction *function; /* the one that the lines belong to; NULL before the first */
    BaselineBar *bar;           /* likewise */
    bool ended;
} Reader;

static int function_parse(Reader *reader, const char *line)
{
    BaselineFunction *function;
    char bdf[BDF_SIZE];
    char name[32];
    uint32_t tag;
    int memory;
    int io;
    char rest;

    if (sscanf(line, "function %31s tag %" SCNu32 " memory %d io %d %c", name, &tag, &memory, &io,
               &rest) != 4 ||
        bdf_normalise(name, bdf) < 0 || (memory & ~1) != 0 || (io & ~1) != 0 ||
        baseline_find_tag(reader->baseline, tag)) {
        return -EINVAL;
    }
    function = baseline_append(reader->baseline);
    reader->function = function;
    reader->bar = NULL;
    if (!function) {
        return -ENOMEM;
    }
    memcpy(function->bdf, bdf, BDF_SIZE);
    function->tag = tag;
    function->memory_decode = memory == 1;
    function->io_decode = io == 1;
    return 0;
}

/* Hexadecimal numbers to the end of a line; Return: how many, -EINVAL for other text or too many */
static int numbers_parse(const char *line, uint64_t *numbers, size_t max)
{
    size_t count = 0;

    while (line[strspn(line, " \n")] != '\0') {
        char *end;

        if (count == max) {
            return -EINVAL;
        }
        numbers[count++] = strtoull(line, &end, 16);
        if (end == line || (*end != ' ' && *end != '\n')) {
            return -EINVAL;
        }
        line = end;
    }
    return (int)count;
}

static int control_parse(Reader *reader, const char *line)
{
    BaselineFunction *function = reader->function;
    int numbers = 0;
    int nr;

    if (!function ||
        sscanf(line, "control %d ledger %" SCNu64 " violations %" SCNu64 " scratch%n", &nr,
               &function->ledger_total, &function->violations, &numbers) != 3 ||
        numbers == 0 || nr < 0 || nr >= BARSHIFT_BARS ||
        numbers_parse(line + numbers, function->scratch, BARSHIFT_SCRATCHES) !=
            BARSHIFT_SCRATCHES) {
        return -EINVAL;
    }
    function->control_bar = nr;
    return 0;
}

static int filled_parse(Reader *reader, const char *line)
{
    int count;

    if (!reader->bar) {
        return -EINVAL;
    }
    count = numbers_parse(line + strlen("filled"), reader->bar->offsets, CONTENT_OFFSETS_MAX);
    if (count < 0) {
        return -EINVAL;
    }
    for (int i = 0; i < count; i++) {
        if (reader->bar->offsets[i] >= range_size(reader->bar->range) ||
            reader->bar->offsets[i] % CONTENT_WORD_BYTES != 0) {
            return -EINVAL;
        }
    }
    reader->bar->offset_count = (size_t)count;
    return 0;
}

static BarKind kind_parse(const char *name)
{
    for (BarKind kind = BAR_IO; kind <= BAR_MEM64; kind++) {
        if (strcmp(name, bar_kind_name(kind)) == 0) {
            return kind;
        }
    }
    return BAR_NONE;
}

/* @backing, @known: (out) set on success */
static int backing_parse(const char *name, enum barshift_backing *backing, bool *known)
{
    *known = strcmp(name, "unknown") != 0;
    *backing = BARSHIFT_BACKING_NONE;
    while (*known && strcmp(name, backing_name(*backing)) != 0) {
        if (*backing == BARSHIFT_BACKING_PATTERN) {
            return -EINVAL;
        }
        (*backing)++;
    }
    return 0;
}

/* What follows "bar NR KIND "; @bar is only changed on success */
static int place_parse(const char *text, BaselineBar *bar)
{
    BaselineBar parsed = { .kind = bar->kind, .range = range_empty() };
    char backing[16];
    uint64_t base;
    uint64_t size;
    char rest;
    int count;

    if (strcmp(text, "unassigned\n") != 0) {
        count = sscanf(text, "%15s 0x%" SCNx64 " 0x%" SCNx64 " 0x%" SCNx64 " %c", backing, &base,
                       &size, &parsed.header_scratch, &rest);
        if (count < 3 || backing_parse(backing, &parsed.backing, &parsed.header_known) < 0 ||
            count != (parsed.header_known ? 4 : 3)) {
            return -EINVAL;
        }
        parsed.range = range_sized(base, size);
        if (range_is_empty(parsed.range)) {
            return -EINVAL;
        }
    }
    *bar = parsed;
    return 0;
}

static int bar_parse(Reader *reader, const char *line)
{
    char kind[16];
    int place = 0;
    int nr;

    if (!reader->function || sscanf(line, "bar %d %15s %n", &nr, kind, &place) != 2 ||
        nr < 0 || nr >= BARSHIFT_BARS || kind_parse(kind) == BAR_NONE) {
        return -EINVAL;
    }
    reader->bar = &reader->function->bars[nr];
    reader->bar->kind = kind_parse(kind);
    return place_parse(line + place, reader->bar);
}

static int line_parse(Reader *reader, const char *line, int number)
{
    if (number == 1) {
        return strcmp(line, "barshift-baseline 2\n") == 0 ? 0 : -EINVAL;
    }
    if (reader->ended || !strchr(line, '\n')) {
        return -EINVAL;
    }
    if (strncmp(line, "function ", 9) == 0) {
        return function_parse(reader, line);
    }
    if (strncmp(line, "control ", 8) == 0) {
        return control_parse(reader, line);
    }
    if (strncmp(line, "bar ", 4) == 0) {
        return bar_parse(reader, line);
    }
    if (strncmp(line, "filled ", 7) == 0) {
        return filled_parse(reader, line);
    }
    reader->ended = strcmp(line, "end\n") == 0;
    return reader->ended ? 0 : -EINVAL;
}

int baseline_read(Baseline *baseline, FILE *file, char *why)
{
    Reader reader = { .baseline = baseline };
    char line[LINE_SIZE];
    int number = 0;

    memset(baseline, 0, sizeof(*baseline));
    while (fgets(line, sizeof(line), file)) {
        int result = line_parse(&reader, line, ++number);

        if (result < 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(why, BASELINE_WHY_SIZE, "line %d: %s: \"%.80s\"", number,
                     result == -EINVAL ? "not understood" : strerror(-result), line);
            return result;
        }
    }
    if (!reader.ended) {
        snprintf(why, BASELINE_WHY_SIZE, "line %d: the file ends without \"end\"", number);
        return -EINVAL;
    }
    return 0;
}
