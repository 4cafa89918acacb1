/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "situation.h"

#define WORD_SIZE 64

typedef struct Field {
    const char *name;
    size_t offset;
} Field;

#define FIELD(name, member) { name, offsetof(Situation, member) }

static const Field numbers[] = {
    FIELD("interrupts", interrupts),       FIELD("requests", requests),
    FIELD("held-requests", held_requests), FIELD("streams", streams),
    FIELD("running", streams_running),     FIELD("subdevices", subdevices),
    FIELD("handles", handles),
};

static const Field flags[] = {
    FIELD("first-start", first_start),
    FIELD("start-to-start", start_to_start),
    FIELD("pulled", pulled),
    FIELD("dma", dma),
    FIELD("paging-path", paging_path),
    FIELD("no-stop", no_stop),
    FIELD("packet-streams", packet_streams),
    FIELD("position-register", position_register),
    FIELD("other-ports", other_ports),
    FIELD("post-display", post_display),
    FIELD("child-list", child_list),
};

/* The default is 0 */
static const struct {
    const char *standard;
    const char *other;
    ModelOption option;
} options[] = {
    { "pause-at=query", "pause-at=stop", OPTION_PAUSE_AT_STOP },
    { "creates=held", "creates=failed", OPTION_CREATES_FAILED },
    { "io=held", "io=rejected", OPTION_IO_REJECTED },
    { "objection=honoured", "objection=ignored", OPTION_OBJECTION_IGNORED },
    { "filter=skipped", "filter=called", OPTION_FILTER_CALLED },
    { "stop-order=device-first", "stop-order=adapter-first", OPTION_ADAPTER_FIRST },
    { "stop-adapter=called", "stop-adapter=skipped", OPTION_STOP_ADAPTER_SKIPPED },
    { "find-adapter=called", "find-adapter=skipped", OPTION_FIND_ADAPTER_SKIPPED },
    { "query=accepted", "query=refused", OPTION_QUERY_REFUSED },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int option_parse(const char *word, unsigned *set)
{
    for (size_t i = 0; i < COUNT(options); i++) {
        bool other = strcmp(word, options[i].other) == 0;

        if (other || strcmp(word, options[i].standard) == 0) {
            *set = other ? *set | options[i].option : *set & ~(unsigned)options[i].option;
            return options[i].option;
        }
    }
    return -EINVAL;
}

void situation_text(const Situation *situation, char *text, unsigned size)
{
    const char *memory = (const char *)situation;
    FILE *file = fmemopen(text, size, "w");

    text[0] = '\0';
    if (!file) {
        return;
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (*(const bool *)(memory + flags[i].offset)) {
            fprintf(file, "%s ", flags[i].name);
        }
    }
    for (size_t i = 0; i < COUNT(numbers); i++) {
        unsigned number = *(const unsigned *)(memory + numbers[i].offset);

        if (number != 0) {
            fprintf(file, "%s=%u ", numbers[i].name, number);
        }
    }
    for (size_t i = 0; i < COUNT(options); i++) {
        if ((situation->options & options[i].option) != 0) {
            fprintf(file, "%s ", options[i].other);
        }
    }
    fclose(file);
    text[size - 1] = '\0';
    if (text[0] != '\0') {
        text[strlen(text) - 1] = '\0';
    }
}

static int number_parse(const char *word, Situation *situation)
{
    size_t length = strcspn(word, "=");
    unsigned long number;
    char *rest;

    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (word[length] == '=' && strlen(numbers[i].name) == length &&
            strncmp(word, numbers[i].name, length) == 0) {
            number = strtoul(word + length + 1, &rest, 10);
            *(unsigned *)((char *)situation + numbers[i].offset) = (unsigned)number;
            return rest == word + length + 1 || *rest != '\0' ? -EINVAL : 0;
        }
    }
    return -EINVAL;
}

static int word_parse(const char *word, Situation *situation)
{
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (strcmp(word, flags[i].name) == 0) {
            *(bool *)((char *)situation + flags[i].offset) = true;
            return 0;
        }
    }
    return option_parse(word, &situation->options) >= 0 ? 0 : number_parse(word, situation);
}

int situation_parse(const char *text, Situation *situation)
{
    char word[WORD_SIZE];

    memset(situation, 0, sizeof(*situation));
    for (const char *at = text + strspn(text, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");

        if (length >= sizeof(word)) {
            return -EINVAL;
        }
        memcpy(word, at, length);
        word[length] = '\0';
        if (word_parse(word, situation) < 0) {
            return -EINVAL;
        }
        at += length;
    }
    return 0;
}
