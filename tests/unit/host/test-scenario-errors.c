/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that is wrong is told at once, and nothing twice. */
#include "made-up.h"

typedef struct Row {
    const char *name, *text, *message;
} Row;

static void check(const Row *row)
{
    g_autofree char *message = made_up_failure(row->text);

    g_test_message("%s", row->name);
    g_assert_cmpstr(message, ==, row->message);
}

#define HEAD "[scenario]\ntitle = t\noutcome = settled\n"
#define PORTS "[port p1]\n[port p2]\n"
#define STEP "[step 1]\nhot-add = c\n"

static void test_tells_all(void)
{
    static const Row rows[] = {
        { "lines that are none",
          "stray = 1\n" HEAD "what\n[port p1\nkind = root\n" PORTS "[port p1]\nkind = side\n= 2\n",
          "made-up.ini:1: 'stray = 1' stands before the first '[group]'\n"
          "made-up.ini:5: expected '[group]' or 'key = value', found 'what'\n"
          "made-up.ini:6: expected '[group]' or 'key = value', found '[port p1'\n"
          "made-up.ini:10: [port p1] stands already in line 8; remove one of them" },
        { "keys of a group",
          "[scenario]\ncolour = red\noutcome = fine\nsize = 1\n" PORTS
          "[function c]\nport = p1\nplugged = later\n" STEP,
          "made-up.ini:2: [scenario] colour: unknown key; this group takes: title, shows, "
          "concerns, source, tags, include, without, outcome, moved, kept, untouched, quiet, "
          "breaks\n"
          "made-up.ini:4: [scenario] size: unknown key; this group takes: title, shows, "
          "concerns, source, tags, include, without, outcome, moved, kept, untouched, quiet, "
          "breaks\n"
          "made-up.ini:1: [scenario]: the key 'title' is missing\n"
          "made-up.ini:3: [scenario] outcome: 'fine' is not one of: settled, rebalanced, resized, "
          "refused, survived, harmed" },
        { "groups, each for itself",
          HEAD "[machine]\nmemory = 1\n" PORTS "[function a]\nport = p1\nsize = 3G\n"
          "[function c]\nport = p2\nplugged = later\n[step 1]\nhot-add = d\n[nonsense]\n",
          "made-up.ini:5: [machine] memory: the guest needs 128M to 2G, below the 64-bit window\n"
          "made-up.ini:10: [function a] size: a BAR's size is a power of two, here from 1M to 1T\n"
          "made-up.ini:15: [step 1] hot-add: no function 'd' is defined above\n"
          "made-up.ini:16: [nonsense]: unknown group; expected [scenario], [matrix], [machine], "
          "[host-bridge NAME], [port NAME], [function NAME], [step NAME] or [expect NAME]" },
        { "what concerns several groups",
          "[scenario]\ntitle = t\noutcome = survived\nmoved = x\nbreaks = I99\n"
          "[machine]\nhole64 = 1G\n" PORTS "[function a]\nport = p1\ndriver = wdm\n"
          "back-end = vfio\n[function c]\nport = p2\nsize = 1G\nplugged = later\n" STEP
          "[expect x]\nwhen = kernel 6\nkept = y\nquiet = z\nstep.2 = refused\nreason = r\n"
          "link = l\n",
          "made-up.ini:4: [scenario] moved: no function 'x' is defined\n"
          "made-up.ini:5: [scenario] breaks: 'I99' is no invariant; expected ids such as I5\n"
          "made-up.ini:13: [function a] back-end: vfio needs 'iommu = on' in [machine]\n"
          "made-up.ini:22: [expect x] kept: no function 'y' is defined\n"
          "made-up.ini:23: [expect x] quiet: no function 'z' is defined\n"
          "made-up.ini:24: [expect x] step.2: there is no [step 2]\n"
          "made-up.ini:7: [machine] hole64: the 64-bit window of 1 GiB is too small for the "
          "functions plugged at boot, which need 2 GiB" },
        { "head and steps",
          "[scenario]\noutcome = survived\n" PORTS
          "[function c]\nport = p2\nplugged = later\n[step 1]\nresize = c 1G\n",
          "made-up.ini:1: [scenario]: the key 'title' is missing\n"
          "made-up.ini:9: [step 1] resize: 'c' is not plugged in at this step" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        check(&rows[i]);
    }
}

static void test_tells_nothing_twice(void)
{
    static const Row rows[] = {
        { "a port, what is in it, what happens to that",
          "[scenario]\ntitle = t\noutcome = settled\nuntouched = c\n"
          "[port p1]\nkind = side\n[port p2]\nparent = p1\nkind = downstream\n"
          "[function c]\nport = p2\nplugged = later\n" STEP,
          "made-up.ini:6: [port p1] kind: 'side' is not one of: root, upstream, downstream, "
          "pci-bridge" },
        { "a function that is used, and another mistake of the one who uses it",
          HEAD PORTS "[function c]\nport = p2\nplugged = never\n"
          "[step 1]\nhot-add = c\nexpect = fine\n[step 2]\nresize = c 1G\n",
          "made-up.ini:8: [function c] plugged: 'never' is not one of: later, boot\n"
          "made-up.ini:11: [step 1] expect: 'fine' is not one of: settled, rebalanced, resized, "
          "refused, survived, harmed" },
        { "a function without its device",
          HEAD PORTS "[function c]\nport = p2\nnumber = 1\nplugged = later\n" STEP,
          "made-up.ini:8: [function c] number: no function 0 of this device is defined above; it "
          "has the same port and the same 'plugged'" },
        { "an outcome that is none",
          "[scenario]\ntitle = t\noutcome = fine\n" PORTS "[function a]\nport = p1\n"
          "[step 1]\npower-off = a\n",
          "made-up.ini:3: [scenario] outcome: 'fine' is not one of: settled, rebalanced, resized, "
          "refused, survived, harmed" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        check(&rows[i]);
    }
}

static void test_unknown_key_is_one_whatever_it_names(void)
{
    g_autofree char *message = made_up_failure(
        HEAD PORTS "[function c]\nport = p2\nplugged = never\n"
        "[function a]\nport = p1\nfriend = c\n");

    g_assert_true(g_str_has_prefix(
        message, "made-up.ini:8: [function c] plugged: 'never' is not one of: later, boot\n"
                 "made-up.ini:11: [function a] friend: unknown key; this group takes: "));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scenario/errors/are-all-told", test_tells_all);
    g_test_add_func("/scenario/errors/none-is-told-twice", test_tells_nothing_twice);
    g_test_add_func("/scenario/errors/unknown-key-is-one-whatever-it-names",
                    test_unknown_key_is_one_whatever_it_names);
    return g_test_run();
}
