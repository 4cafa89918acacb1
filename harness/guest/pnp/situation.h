/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function driver has at the moment when a request arrives, and what was chosen where the
 * documentation of a framework leaves a choice or contradicts itself.
 *
 * As text it is words: "dma interrupts=2 requests=3 pause-at=stop". What is 0 is not written.
 */
#ifndef BARSHIFT_SITUATION_H
#define BARSHIFT_SITUATION_H

#include <stdbool.h>

/** What differs from the default; why there is a choice: docs/driver-models.md */
typedef enum ModelOption {
    OPTION_PAUSE_AT_STOP = 1 << 0,
    OPTION_CREATES_FAILED = 1 << 1,
    OPTION_IO_REJECTED = 1 << 2,
    OPTION_OBJECTION_IGNORED = 1 << 3,
    OPTION_FILTER_CALLED = 1 << 4,
    OPTION_ADAPTER_FIRST = 1 << 5,
    OPTION_STOP_ADAPTER_SKIPPED = 1 << 6,
    OPTION_FIND_ADAPTER_SKIPPED = 1 << 7,
    OPTION_QUERY_REFUSED = 1 << 8,
} ModelOption;

/** struct Situation */
typedef struct Situation {
    bool dma;
    unsigned interrupts;
    unsigned requests;      /* under way */
    unsigned held_requests; /* kept by WORK_SUSPEND_IO */
    unsigned streams;       /* open */
    unsigned streams_running;
    unsigned subdevices;    /* of portcls; circuits of acx */
    unsigned handles;
    bool paging_path;       /* a page, hibernation or dump file is on it */
    bool no_stop;           /* SetStaticStopRemove(FALSE), or a resource that cannot be released */
    bool packet_streams;    /* portcls: the streams implement the packet interfaces */
    bool position_register; /* portcls: a register is mapped into the client */
    bool other_ports;       /* portcls: not only Topology and WaveRT ports */
    bool post_display;      /* wddm: it shows what the firmware has set up */
    bool child_list;        /* kmdf, acx: it enumerates children */
    bool first_start;       /* START: it has never been started */
    bool start_to_start;    /* START: it is started, and gets other resources without a stop */
    bool pulled;            /* SURPRISE_REMOVAL: while stopped, no START has failed */
    unsigned options;       /* of enum ModelOption */
} Situation;

/** situation_text() - @text: (out) at most @size bytes */
void situation_text(const Situation *situation, char *text, unsigned size);

/** situation_parse() - Return: 0, or -EINVAL for a word that is none; "" is all 0 */
int situation_parse(const char *text, Situation *situation);

/**
 * option_parse() - set or clear the option that a word such as "pause-at=stop" names
 * @options: (in, out) of enum ModelOption
 *
 * Return: the option, also when its default was named; -EINVAL for what is none.
 */
int option_parse(const char *word, unsigned *options);

#endif
