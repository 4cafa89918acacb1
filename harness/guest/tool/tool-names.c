/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tools by their names, and what each says of itself. */
#include <string.h>

#include "tool.h"

typedef struct ToolEntry {
    const char *name;
    ToolRun *run;
    const char *usage;
} ToolEntry;

static const ToolEntry tools[] = {
    { "bar-resize", tool_bar_resize,
      "Usage: bar-resize [--config] [--decoding] [--bound] BDF BAR SIZE\n"
      "\n"
      "SIZE is in bytes or like 256M, 8G, 1T: a power of two of at least 1M that the function\n"
      "offers. No driver may be bound. Memory decode is switched off for the resize, and on\n"
      "again if it was on.\n"
      "--config    write BAR Size in configuration space; if the function takes it, the kernel\n"
      "            forgets the function, and finds it again\n"
      "--decoding  leave memory decode as it is: for the kernel, or the function, to refuse\n"
      "--bound     leave driver and memory decode as they are: for the kernel to refuse\n"
      "Exit status: 0 done, 1 refused by the kernel or the function, 2 usage, 3 no such BAR.\n" },
    { "enable-functions", tool_enable_functions,
      "Usage: enable-functions BDF...\n"
      "\n"
      "Prints \"started BDF\" for each function that decodes memory in the end. The kernel\n"
      "enables none of which a BAR has no address; one that a driver has is left to it.\n"
      "Exit status: 0 all decode, 1 some do not, 2 usage, 3 no such function.\n" },
    { "function-reset", tool_function_reset,
      "Usage: function-reset BDF [flr|bus]\n"
      "\n"
      "flr  Function Level Reset\n"
      "bus  Secondary Bus Reset by the bridge above, whose only function it has to be\n"
      "Without either the kernel takes the first method that it has. Nobody may use the function.\n"
      "Exit status: 0 done, 1 refused by the kernel, 2 usage, 3 no such function.\n" },
    { "kernel-driver", tool_kernel_driver,
      "Usage: kernel-driver bind BDF DRIVER\n"
      "       kernel-driver unbind BDF\n"
      "\n"
      "bind takes a driver that would not look at the function by itself, too, such as\n"
      "pci-pf-stub, which claims it and does nothing; a module of that name is loaded if need be.\n"
      "Exit status: 0 done, 1 refused by the kernel, 2 usage, 3 no such function or driver.\n" },
    { "load-modules", tool_load_modules,
      "Usage: load-modules NAME...\n"
      "\n"
      "Modules that are loaded or built in already are left alone.\n"
      "Exit status: 0 done, 1 refused by the kernel, 2 usage, 3 no such module,\n"
      "4 deadline passed.\n" },
    { "pci-remove", tool_pci_remove,
      "Usage: pci-remove BDF...\n"
      "\n"
      "They stay in the machine, and pci-rescan finds them again. Nobody may use them.\n"
      "Exit status: 0 done, 1 refused by the kernel, 2 usage, 3 no such function.\n" },
    { "pci-rescan", tool_pci_rescan,
      "Usage: pci-rescan all|root|BDF\n"
      "\n"
      "all   every bus, through the one file of the system\n"
      "root  the root buses, through their own files\n"
      "BDF   the bus below a bridge: when it is empty the kernel may make the windows larger\n"
      "Prints \"found BDF\" for each function that is new.\n"
      "Exit status: 0 done, 1 refused by the kernel, 2 usage, 3 no such bridge.\n" },
    { "remove-rescan", tool_remove_rescan,
      "Usage: remove-rescan nearest BDF\n"
      "       remove-rescan root-port BDF\n"
      "       remove-rescan ports BDF...\n"
      "\n"
      "nearest    the bridge right above the function BDF, or BDF itself when it is a bridge\n"
      "root-port  the port on the root bus that leads to BDF\n"
      "ports      these bridges; a removed one closes its window, so name empty ports that hold\n"
      "           space\n"
      "All functions below are removed: nobody may use them. Then the whole system is rescanned.\n"
      "Exit status: 0 done, 1 refused by the kernel, 2 usage, 3 no such function.\n" },
    { "slot-power", tool_slot_power,
      "Usage: slot-power [--timeout S] SLOT|PORT... on|off\n"
      "\n"
      "SLOT is a name in /sys/bus/pci/slots, PORT the bridge above it, like 0000:00:02.0.\n"
      "Several are switched at the same time. Waits up to 10 s for the functions. Off frees the\n"
      "slot at once, without the 5 s of the attention button.\n"
      "Exit status: 0 done, 1 refused by the kernel, 2 usage, 3 no such slot,\n"
      "4 deadline passed.\n" },
    { "wait-disk", tool_wait_disk,
      "Usage: wait-disk [--timeout S] BDF...\n"
      "\n"
      "Waits up to 10 s, and prints \"started BDF DISK\" for each function that has a block\n"
      "device. A function without resources gets no driver and no disk, which is no failure of\n"
      "this tool.\n"
      "Exit status: 0 all have one, 1 some have none in time, 2 usage, 3 no such function.\n" },
    { "wait-settled", tool_wait_settled,
      "Usage: wait-settled [--timeout S] [--since S] [--present PORT|--absent PORT]\n"
      "\n"
      "Settled means: a function is present below the bridge PORT, and the kernel is done with it\n"
      "and all below it; or none is there any more (absent); or, when no port is named, the\n"
      "kernel has said nothing about PCI for 0.2 s. Then prints the last state that the kernel\n"
      "logged for each resource since boot, or since the kernel's time S: \"no space\" is not the\n"
      "end, the kernel tries twice.\n"
      "Exit status: 0 settled, 2 usage, 3 no such port, 4 deadline passed (10 s by default).\n" },
    { "wait-slot-off", tool_wait_slot_off,
      "Usage: wait-slot-off [--timeout S] PORT\n"
      "\n"
      "Off means that power and power indicator are, PCIe r6.0, sec 7.5.3.10. After a surprise\n"
      "removal that takes the kernel 1 s. Waits up to 10 s.\n"
      "Exit status: 0 off, 2 usage, 3 no such slot, 4 deadline passed.\n" },
};

static const ToolEntry *tool_find(const char *name)
{
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
        if (strcmp(tools[i].name, name) == 0) {
            return &tools[i];
        }
    }
    return NULL;
}

bool tool_is(const char *name)
{
    return tool_find(name) != NULL;
}

void tool_list(FILE *file)
{
    for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
        fprintf(file, "%s\n", tools[i].name);
    }
}

int tool_run(const Tool *tool, int argc, char **argv)
{
    const ToolEntry *entry = tool_find(tool->name);
    int status;

    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(entry->usage, tool->out);
            return EXIT_OK;
        }
    }
    status = entry->run(tool, argc, argv);
    if (status == TOOL_MISUSED) {
        fputs(entry->usage, tool->err);
        return EXIT_USAGE;
    }
    return status;
}
