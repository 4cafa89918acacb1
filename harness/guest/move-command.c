/* SPDX-License-Identifier: GPL-2.0-or-later */
/* barshift-guest move and swap: BARs moved by hand. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bdf.h"
#include "cleanup.h"
#include "command.h"
#include "config-move.h"
#include "move-note.h"
#include "topology.h"

#define SWAPPED 2

static bool bar_parse(const char *text, int *bar_nr)
{
    if (strncmp(text, "bar", 3) != 0 || text[3] < '0' || text[3] >= '0' + BARSHIFT_BARS ||
        text[4] != '\0') {
        return false;
    }
    *bar_nr = text[3] - '0';
    return true;
}

static bool address_parse(const char *text, uint64_t *address)
{
    char *end;

    errno = 0;
    *address = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0' && text[0] != '-';
}

/* The BAR that a move is about, with what the kernel says; NULL after telling what is wrong */
static const Bar *bar_find(const Topology *topology, const ConfigMove *move,
                           const Function **function)
{
    *function = topology_find(topology, move->bdf);
    if (!*function || !(*function)->tagged) {
        fprintf(stderr, "barshift-guest: %s: %s\n", move->bdf,
                *function ? "not a barshift function" : "no such function");
        return NULL;
    }
    return &(*function)->bars[move->bar_nr];
}

/* Without the note the kernel would count as a witness. A second move leaves the first one's. */
static int note(const Function *function, const Bar *bar)
{
    int result;

    if (bar->by_hand || range_is_empty(bar->kernel)) {
        return EXIT_OK;
    }
    result = move_note_write(command_live.root, function->tag, bar->nr, bar->kernel.start);
    if (result < 0) {
        fprintf(stderr, "barshift-guest: %s: cannot be noted as moved: %s\n", function->bdf,
                strerror(-result));
        return EXIT_ENVIRONMENT;
    }
    return EXIT_OK;
}

static int moves_do(const Topology *topology, const ConfigMove *moves, size_t count)
{
    char why[CONFIG_WHY_SIZE];
    int result;

    for (size_t i = 0; i < count; i++) {
        const Function *function;
        const Bar *bar = bar_find(topology, &moves[i], &function);
        int status = bar ? note(function, bar) : EXIT_FAILED;

        if (status != EXIT_OK) {
            return status;
        }
    }
    result = config_move(&command_live, moves, count, why);
    if (result == -EIO) {
        return command_environment(why);
    }
    if (result < 0) {
        fprintf(stderr, "barshift-guest: %s\n", why);
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        printf("moved %s bar%d to 0x%" PRIx64 "\n", moves[i].bdf, moves[i].bar_nr,
               moves[i].address);
    }
    return EXIT_OK;
}

int command_move(int argc, char **argv)
{
    CLEANUP(topology_free) Topology topology = { 0 };
    char why[CONFIG_WHY_SIZE];
    char bdf[BDF_SIZE];
    ConfigMove move = { .bdf = bdf };

    if (argc != 4 || bdf_normalise(argv[1], bdf) < 0 || !bar_parse(argv[2], &move.bar_nr) ||
        !address_parse(argv[3], &move.address)) {
        return command_usage("move needs a function, a BAR such as bar2, and an address");
    }
    if (topology_read(&topology, &command_live, why) < 0) {
        return command_environment(why);
    }
    return moves_do(&topology, &move, 1);
}

int command_swap(int argc, char **argv)
{
    CLEANUP(topology_free) Topology topology = { 0 };
    char why[CONFIG_WHY_SIZE];
    char bdfs[SWAPPED][BDF_SIZE];
    ConfigMove moves[SWAPPED];

    for (int i = 0; i < SWAPPED; i++) {
        moves[i].bdf = bdfs[i];
        if (argc != 1 + 2 * SWAPPED || bdf_normalise(argv[1 + 2 * i], bdfs[i]) < 0 ||
            !bar_parse(argv[2 + 2 * i], &moves[i].bar_nr)) {
            return command_usage("swap needs a function and a BAR such as bar2, twice");
        }
    }
    if (topology_read(&topology, &command_live, why) < 0) {
        return command_environment(why);
    }
    for (int i = 0; i < SWAPPED; i++) {
        const Function *function;
        const Bar *bar = bar_find(&topology, &moves[i], &function);

        if (!bar) {
            return EXIT_FAILED;
        }
        moves[SWAPPED - 1 - i].address = bar->config_base;
    }
    return moves_do(&topology, moves, SWAPPED);
}
