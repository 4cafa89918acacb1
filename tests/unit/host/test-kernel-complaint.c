/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines as Linux 6.1 and 6.12 wrote them in guests, and some that only their sources have. */
#include "kernel-complaint.h"

#define FUT "pci 0000:01:00.0: "
#define OTHER "pci 0000:11:00.0: "

static const struct {
    const char *name, *log;
    int line; /* of the complaint; -1: none */
} rows[] = {
    { "nothing", "", -1 },
    { "sound",
      "[    0.4] " FUT "[1af4:10f5] type 00 class 0x120000\n"
      "[    0.4] " FUT "reg 0x10: [mem 0xfe800000-0xfe803fff]\n"
      "[    1.2] " FUT "BAR 2: assigned [mem 0x100000000-0x17fffffff 64bit pref]\n", -1 },
    { "refused", FUT "BAR 2: no space for [mem size 0x100000000 64bit pref]\n"
                 FUT "BAR 2: failed to assign [mem size 0x100000000 64bit pref]\n", 0 },
    { "refused-6.12", FUT "BAR 2 [mem size 0x100000000 64bit pref]: can't assign; no space\n", 0 },
    { "second-try-helps", FUT "BAR 2: no space for [mem size 0x80000000 64bit pref]\n"
                          FUT "BAR 2: assigned [mem 0x100000000-0x17fffffff 64bit pref]\n", -1 },
    { "second-try-helps-6.12",
      FUT "BAR 2 [mem size 0x80000000 64bit pref]: can't assign; no space\n"
      FUT "BAR 2 [mem 0x100000000-0x17fffffff 64bit pref]: assigned\n", -1 },
    { "helped-and-failed-again", FUT "BAR 2: no space for [mem size 0x80000000]\n"
                                 FUT "BAR 2: assigned [mem 0x100000000-0x17fffffff]\n"
                                 FUT "BAR 2: failed to assign [mem size 0x80000000]\n", 2 },
    { "another-bar-helped", FUT "BAR 2: no space for [mem size 0x80000000]\n"
                            FUT "BAR 0: assigned [mem 0xfe800000-0xfe803fff]\n"
                            FUT "BAR 22: assigned [mem 0x100000000-0x17fffffff]\n", 0 },
    { "another-function-helped", FUT "BAR 2: no space for [mem size 0x80000000]\n"
                                 OTHER "BAR 2: assigned [mem 0x100000000-0x17fffffff]\n", 0 },
    { "not-assigned-is-no-help", FUT "BAR 2: no space for [mem size 0x80000000]\n"
                                 FUT "BAR 2: not assigned\n", 0 },
    { "released-is-no-help", FUT "BAR 2: no space for [mem size 0x80000000]\n"
                             FUT "BAR 2: releasing [mem 0x100000000-0x17fffffff]\n", 0 },
    { "rom", FUT "ROM [mem size 0x00020000 pref]: can't assign; no space\n", 0 },
    { "conflict", FUT "can't claim BAR 2 [mem 0x100000000-0x17fffffff]: address conflict with PCI "
                  "Bus 0000:01\n", 0 },
    { "no-window", FUT "BAR 2 [mem 0x100000000-0x17fffffff]: can't claim; no compatible bridge "
                   "window\n", 0 },
    { "not-sized", FUT "[Firmware Bug]: reg 0x18: invalid BAR (can't size)\n", 0 },
    { "not-stored", FUT "BAR 2: error updating (0x8000000c != 0x0000000c)\n", 0 },
    { "not-enabled", FUT "can't enable device: BAR 2 [mem size 0x80000000] not assigned\n", 0 },
    { "of-somebody-else", OTHER "BAR 2: failed to assign [mem size 0x80000000]\n"
                          "pcieport 0000:00:01.0: bridge window [mem size 0x80000000]: failed\n",
      -1 },
    { "named-by-somebody-else", "pcieport 0000:00:01.0: device 0000:01:00.0 is broken\n", -1 },
    { "driver", "[    3.0] vfio-pci 0000:01:00.0: Unable to change power state\n", 0 },
};

static void test_finds_complaints(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) lines = g_strsplit(rows[i].log, "\n", -1);
        g_autofree char *complaint = kernel_complaint(rows[i].log, "0000:01:00.0");

        g_test_message("%s", rows[i].name);
        g_assert_cmpstr(complaint, ==, rows[i].line < 0 ? NULL : lines[rows[i].line]);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kernel-complaint/finds-complaints", test_finds_complaints);
    return g_test_run();
}
