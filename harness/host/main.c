/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalogue.h"
#include "command-check.h"
#include "command-compare.h"
#include "command-layout.h"
#include "command-list.h"
#include "command-run.h"
#include "command-show.h"
#include "error.h"
#include "interrupt.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: barshift COMMAND [OPTION...]\n"
    "\n"
    "Moves a working PCIe function's BAR in a VM, for a reason, and proves who survived it.\n"
    "\n"
    "  run [SCENARIO...]  run scenarios to their verdicts; " CATALOGUE_DEFAULT " by default\n"
    "  list               name every scenario, with its title and expected outcome\n"
    "  check FILE...      check scenario files without running them\n"
    "  show SCENARIO...   explain scenarios in words, with a drawing of the machine\n"
    "  compare FIRST.json SECOND.json\n"
    "                     tell what is otherwise in one report of 'run --json' than in another\n"
    "  layout list        name every layout, with its title\n"
    "  layout show NAME   print a layout's BARs\n"
    "  layout check [NAME...]\n"
    "                     check layouts, all when none is named\n"
    "  layout qemu-args NAME\n"
    "                     print a layout as an argument of QEMU's -device\n"
    "\n"
    "'barshift COMMAND --help' lists the options of run, list, compare and layout.\n"
    "Exit status: 0 pass, 1 fail, 2 usage, 3 environment, 4 deadline, 130 interrupted.\n";

int main(int argc, char **argv)
{
    GCancellable *cancellable = interrupt_setup();
    const char *command = argc > 1 ? argv[1] : "";

    /* a reader that has seen enough must not keep the VM's files from being removed */
    signal(SIGPIPE, SIG_IGN);
    setlocale(LC_ALL, "");
    g_set_prgname("barshift");
    if (g_str_equal(command, "run")) {
        return command_run(argc - 1, argv + 1, cancellable);
    }
    if (g_str_equal(command, "compare")) {
        return command_compare(argc - 1, argv + 1);
    }
    if (g_str_equal(command, "layout")) {
        return command_layout(argc - 1, argv + 1, cancellable);
    }
    if (g_str_equal(command, "show")) {
        return command_show(argc - 1, argv + 1);
    }
    if (g_str_equal(command, "list")) {
        return command_list(argc - 1, argv + 1);
    }
    if (g_str_equal(command, "check")) {
        return command_check(argc - 1, argv + 1);
    }
    if (g_str_equal(command, "--help") || g_str_equal(command, "-h")) {
        fputs(usage, stdout);
        return 0;
    }
    fprintf(stderr, "barshift: %s; see 'barshift --help'\n",
            command[0] == '\0' ? "no command" : "unknown command");
    return RUNNER_ERROR_USAGE;
}
