/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made-up.h"

#include <glib/gstdio.h>

#include <string.h>

static void test_reads_everything(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(
        "# a comment\n"
        "[scenario]\n"
        "title = all of it\n"
        "outcome = rebalanced\n"
        "moved = a\n"
        "[machine]\n"
        "memory = 256M\n"
        "hole64 = 9G\n"
        "hotplug = acpi\n"
        "[port r]\n"
        "pref64-reserve = 4G\n"
        "[port s]\n"
        "[port u]\n"
        "kind = upstream\n"
        "parent = s\n"
        "[port d]\n"
        "kind = downstream\n"
        "parent = u\n"
        "[function a]\n"
        "port = d\n"
        "rebar = 256M-4G\n"
        "fault = old-answers\n"
        "[function b]\n"
        "port = r\n"
        "size = 8G\n"
        "plugged = later\n"
        "[step arrival]\n"
        "hot-add = b\n"
        "expect = refused\n"
        "[step 2]\n"
        "rebalance = s r\n"
        "[step 3]\n"
        "resize = a bar4 1G\n"
        "[step 4]\n"
        "power-off = b\n");
    const Function *a = scenario_find_function(scenario, "a");
    const Port *d = scenario_find_port(scenario, "d");
    const Step *step;

    g_assert_cmpstr(scenario->name, ==, "made-up");
    g_assert_cmpuint(scenario->machine.hole64_bytes, ==, 9ull << 30);
    g_assert_cmpuint(scenario->machine.hotplug, ==, HOTPLUG_ACPI);
    g_assert_cmpuint(scenario_find_port(scenario, "r")->reserves[RESERVE_PREF64], ==, 4ull << 30);
    g_assert_true(port_is_below(d, scenario_find_port(scenario, "s")));
    g_assert_false(port_is_below(d, scenario_find_port(scenario, "r")));
    g_assert_cmpuint(a->tag, ==, 1);
    g_assert_cmpuint(a->size_bytes, ==, 2ull << 30);
    g_assert_cmpstr(a->rebar, ==, "256M-4G");
    g_assert_cmpuint(scenario->steps->len, ==, 4);
    step = g_ptr_array_index(scenario->steps, 0);
    g_assert_true(step->has_expect);
    g_assert_cmpuint(step->expect, ==, OUTCOME_REFUSED);
    step = g_ptr_array_index(scenario->steps, 1);
    g_assert_cmpuint(step->ports->len, ==, 2);
    step = g_ptr_array_index(scenario->steps, 2);
    g_assert_cmpuint(step->size_bytes, ==, 1ull << 30);
    g_assert_cmpint(step->bar_nr, ==, 4);
    g_assert_cmpstr(step->text, ==, "resize a bar4 1G");
}

static void test_reads_drivers(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(
        "[scenario]\n"
        "title = drivers\n"
        "outcome = rebalanced\n"
        "[machine]\n"
        "iommu = on\n"
        "[port p]\n"
        "[port q]\n"
        "[function a]\n"
        "port = p\n"
        "driver = portcls\n"
        "back-end = vfio\n"
        "behave = veto slow=query-stop:3000\n"
        "streams = 2\n"
        "running = 1\n"
        "handles = 3\n"
        "paging-path = yes\n"
        "[function a-1]\n"
        "port = p\n"
        "number = 1\n"
        "driver = kmdf\n"
        "[function b]\n"
        "port = q\n"
        "plugged = later\n"
        "[step 1]\n"
        "hot-add = b\n"
        "[step 2]\n"
        "rebalance = pnp\n"
        "[step 3]\n"
        "rebalance = pnp b\n"
        "policy = best-effort\n"
        "deadline = 2\n"
        "[step 4]\n"
        "rebalance = pnp resize a-1 bar2 4G\n");
    const Function *a = scenario_find_function(scenario, "a");
    const Function *a1 = scenario_find_function(scenario, "a-1");
    const Step *step;

    g_assert_cmpstr(a->driver->model, ==, "portcls");
    g_assert_cmpstr(a->driver->back_end, ==, "vfio");
    g_assert_true(g_str_has_suffix(a->driver->place, "made-up.ini:10: [function a] driver"));
    g_assert_cmpstr(a->driver->behave[1], ==, "slow=query-stop:3000");
    g_assert_cmpuint(a->driver->streams, ==, 2);
    g_assert_cmpuint(a->driver->running, ==, 1);
    g_assert_cmpuint(a->driver->handles, ==, 3);
    g_assert_true(a->driver->paging_path);
    g_assert_true(a->multifunction);
    g_assert_cmpuint(a1->number, ==, 1);
    g_assert_true(a1->first == a);
    g_assert_null(a1->driver->back_end);
    g_assert_false(a1->driver->paging_path);
    g_assert_null(scenario_find_function(scenario, "b")->driver);
    step = g_ptr_array_index(scenario->steps, 1);
    g_assert_cmpuint(step->scope, ==, SCOPE_PNP);
    g_assert_null(step->function);
    step = g_ptr_array_index(scenario->steps, 2);
    g_assert_cmpstr(step->policy, ==, "best-effort");
    g_assert_cmpuint(step->deadline_seconds, ==, 2);
    g_assert_cmpuint(step->size_bytes, ==, 0);
    step = g_ptr_array_index(scenario->steps, 3);
    g_assert_true(step->function == a1);
    g_assert_cmpint(step->bar_nr, ==, 2);
    g_assert_cmpuint(step->size_bytes, ==, 4ull << 30);
    scenario_set_driver_model(scenario, "ndis");
    g_assert_cmpstr(a->driver->model, ==, "ndis");
    g_assert_null(scenario_find_function(scenario, "b")->driver);
}

/* The made-up scenario with one piece of text replaced by another one. */
static char *replaced(const char *from, const char *to)
{
    GString *text = g_string_new(made_up_scenario_text);

    g_assert_cmpuint(g_string_replace(text, from, to, 1), ==, 1);
    return g_string_free(text, FALSE);
}

static void test_names_what_is_wrong(void)
{
    static const struct {
        const char *from, *to, *message;
    } rows[] = {
        { "[scenario]", "[scenarios]",
          "made-up.ini:1: [scenarios]: unknown group; expected [scenario], [matrix], "
          "[machine], [host-bridge NAME], [port NAME], [function NAME], [step NAME] or "
          "[expect NAME]" },
        { "title = made up\n", "",
          "made-up.ini:1: [scenario]: the key 'title' is missing" },
        { "outcome = settled", "outcome = fine",
          "made-up.ini:3: [scenario] outcome: 'fine' is not one of: settled, rebalanced, resized, "
          "refused, survived, harmed" },
        { "outcome = settled", "outcome = settled\ncolour = red",
          "made-up.ini:4: [scenario] colour: unknown key; this group takes: title, shows, "
          "concerns, source, tags, include, without, outcome, moved, kept, untouched, quiet, "
          "breaks" },
        { "outcome = settled", "outcome = settled\noutcome = refused",
          "made-up.ini:4: [scenario] outcome: stands already in line 3; remove one of them" },
        { "outcome = settled", "outcome = settled\nmoved = d",
          "made-up.ini:4: [scenario] moved: no function 'd' is defined" },
        { "outcome = settled", "outcome = settled\nquiet = a d",
          "made-up.ini:4: [scenario] quiet: no function 'd' is defined" },
        { "outcome = settled", "outcome = settled\nbreaks = 5",
          "made-up.ini:4: [scenario] breaks: '5' is no invariant; expected ids such as I5" },
        { "outcome = settled", "outcome = settled\nbreaks = I99",
          "made-up.ini:4: [scenario] breaks: 'I99' is no invariant; expected ids such as I5" },
        { "title = made up", "title",
          "made-up.ini:2: expected '[group]' or 'key = value', found 'title'" },
        { "[scenario]", "loose = 1\n[scenario]",
          "made-up.ini:1: 'loose = 1' stands before the first '[group]'" },
        { "[port p2]", "[port p1]",
          "made-up.ini:5: [port p1] stands already in line 4; remove one of them" },
        { "[port p2]", "[port 2p]",
          "made-up.ini:5: [port 2p]: '2p' is no name; expected letters, digits, - and _" },
        { "[port p2]", "[port a-port-with-a-name-of-33-letters-]",
          "made-up.ini:5: [port a-port-with-a-name-of-33-letters-]: a name has at most 32 "
          "characters" },
        { "[port p2]", "[port nearest]",
          "made-up.ini:5: [port nearest]: 'nearest' is a word of the step 'rebalance'" },
        { "[port p2]", "[port port]",
          "made-up.ini:5: [port port]: 'port' is a property of QEMU's root ports; QEMU aborts when "
          "it is an id, too" },
        { "[function b]", "[port u]\nkind = upstream\nparent = p1\n[function b]",
          "made-up.ini:11: [port u] parent: port 'p1' already holds 'a'" },
        { "[port p2]",
          "[port u]\nkind = upstream\nparent = p1\n[port v]\nkind = upstream\nparent = p1\n"
          "[port p2]",
          "made-up.ini:10: [port v] parent: port 'p1' already holds 'u'" },
        { "[port p2]", "[port p2]\npref64-reserve = 3K",
          "made-up.ini:6: [port p2] pref64-reserve: a window is a multiple of 1 MiB" },
        { "[port p1]", "[machine]\nhole64 = 2E\n[port p1]",
          "made-up.ini:5: [machine] hole64: expected 1G to 32T" },
        { "[port p2]", "[port p2]\nkind = side",
          "made-up.ini:6: [port p2] kind: 'side' is not one of: root, upstream, downstream, "
          "pci-bridge" },
        { "[port p2]", "[port p2]\nparent = p1",
          "made-up.ini:6: [port p2] parent: 'p1' is no host bridge; a root port is on pcie.0 "
          "without the key, or on a [host-bridge NAME]" },
        { "[port p2]", "[port p2]\nkind = downstream\nparent = p1",
          "made-up.ini:7: [port p2] parent: 'p1' is no upstream port" },
        { "[port p2]", "[port p2]\nkind = upstream",
          "made-up.ini:5: [port p2]: the key 'parent' is missing: the port above" },
        { "port = p2", "port = p9",
          "made-up.ini:10: [function b] port: no port 'p9' is defined above" },
        { "port = p2", "port = p1",
          "made-up.ini:10: [function b] port: port 'p1' already holds 'a'" },
        { "port = p2\n", "", "made-up.ini:9: [function b]: the key 'port' is missing" },
        { "[function b]", "[function p1]",
          "made-up.ini:9: [function p1]: the name 'p1' is taken already" },
        { "size = 4G", "size = 3G",
          "made-up.ini:13: [function c] size: a BAR's size is a power of two, here from 1M "
          "to 1T" },
        { "size = 4G", "size = 512K",
          "made-up.ini:13: [function c] size: a BAR's size is a power of two, here from 1M "
          "to 1T" },
        { "size = 4G", "size = 8E",
          "made-up.ini:13: [function c] size: a BAR's size is a power of two, here from 1M "
          "to 1T" },
        { "size = 4G", "size = big",
          "made-up.ini:13: [function c] size: 'big' is no size; expected a number with K, M, G, T, "
          "P or E, such as 2G" },
        { "plugged = later", "plugged = never",
          "made-up.ini:14: [function c] plugged: 'never' is not one of: later, boot" },
        { "hot-add = c", "hot-add = d",
          "made-up.ini:16: [step 1] hot-add: no function 'd' is defined above" },
        { "hot-add = c", "hot-add = b",
          "made-up.ini:16: [step 1] hot-add: 'b' is plugged in already; expected one with "
          "'plugged = later'" },
        { "hot-add = c", "hot-add = c b",
          "made-up.ini:16: [step 1] hot-add: expected one FUNCTION" },
        { "hot-add = c", "resize = c 1G",
          "made-up.ini:16: [step 1] resize: 'c' is not plugged in at this step" },
        { "[port p2]", "[port pnp]",
          "made-up.ini:5: [port pnp]: 'pnp' is a word of the step 'rebalance'" },
        { "port = p2", "port = p2\ndriver = vxd",
          "made-up.ini:11: [function b] driver: 'vxd' is not one of: wdm, kmdf, ndis, storport, "
          "wddm, portcls, acx" },
        { "port = p2", "port = p2\nback-end = sysfs",
          "made-up.ini:11: [function b] back-end: the key 'driver' is missing, without which "
          "nobody drives it" },
        { "port = p2", "port = p2\ndriver = kmdf\nback-end = uio",
          "made-up.ini:12: [function b] back-end: 'uio' is not one of: sysfs, vfio, kernel" },
        { "port = p2", "port = p2\ndriver = acx\nstreams = 1\nrunning = 2",
          "made-up.ini:13: [function b] running: 2 of 1 streams cannot run; 'streams' says "
          "how many are open" },
        { "port = p2", "port = p2\ndriver = kmdf\nback-end = vfio",
          "made-up.ini:12: [function b] back-end: vfio needs 'iommu = on' in [machine]" },
        { "port = p2", "port = p2\ndriver = kmdf\nbehave = veto\nrunning = 1",
          "made-up.ini:13: [function b] running: 1 of 0 streams cannot run; 'streams' says "
          "how many are open" },
        { "port = p2", "port = p2\ndriver = kmdf\nbehave = veto slow=query-stop",
          "made-up.ini:12: [function b] behave: 'slow=query-stop': expected milliseconds, from 0 "
          "to 600000" },
        { "port = p2", "port = p2\ndriver = wddm\nbehave = veto",
          "made-up.ini:12: [function b] behave: 'veto': a driver of the model wddm cannot "
          "refuse" },
        { "port = p2", "port = p2\ndriver = kmdf\noptions = dma=off interrupts=9",
          "made-up.ini:12: [function b] options: 'interrupts=9': expected interrupts=N, from 0 "
          "to 4" },
        { "port = p2", "port = p2\ndriver = acx\nstreams = many",
          "made-up.ini:12: [function b] streams: 'many' is no number from 0 to 16" },
        { "port = p2", "port = p2\ndriver = acx\npaging-path = on",
          "made-up.ini:12: [function b] paging-path: 'on' is not one of: no, yes" },
        { "port = p2", "port = p2\nnumber = 8",
          "made-up.ini:11: [function b] number: '8' is no number from 0 to 7" },
        { "port = p2", "port = p2\nnumber = 1",
          "made-up.ini:11: [function b] number: no function 0 of this device is defined above; it "
          "has the same port and the same 'plugged'" },
        { "port = p2", "port = p2\n[function d]\nport = p2\nnumber = 1\n[function e]\n"
          "port = p2\nnumber = 1",
          "made-up.ini:16: [function e] number: 'd' is function 1 of the device in this port; "
          "take another number or another port" },
        { "port = p2", "port = p2\n[function d]\nport = p2\nnumber = 1\n[function e]\n"
          "port = p2",
          "made-up.ini:14: [function e] number: 'b' is function 0 of the device in this port; "
          "take another number or another port" },
        { "[step 1]\nhot-add = c", "[function d]\nport = p3\nnumber = 1\nplugged = later\n"
          "[step 1]\nhot-add = d",
          "made-up.ini:20: [step 1] hot-add: a slot takes whole devices; name function 0 of this "
          "one, 'c'" },
        { "hot-add = c", "rebalance = pnp",
          "made-up.ini:16: [step 1] rebalance: no function was hot-added before; name the ports" },
        { "hot-add = c", "hot-add = c\n[step 2]\nrebalance = pnp a",
          "made-up.ini:18: [step 2] rebalance: 'a' was not hot-added before; for another "
          "size of its BAR: pnp resize a SIZE" },
        { "hot-add = c", "hot-add = c\n[step 2]\nrebalance = PNP",
          "made-up.ini:18: [step 2] rebalance: no port 'PNP' is defined above; other words here "
          "are nearest, root-port and pnp" },
        { "hot-add = c", "rebalance = pnp resize",
          "made-up.ini:16: [step 1] rebalance: expected pnp, pnp FUNCTION or pnp resize FUNCTION "
          "[barN] SIZE" },
        { "hot-add = c", "hot-add = c\n[step 2]\nrebalance = pnp\ndeadline = 0",
          "made-up.ini:19: [step 2] deadline: '0' is no number from 1 to 3600" },
        { "hot-add = c", "hot-add = c\n[step 2]\nrebalance = pnp d",
          "made-up.ini:18: [step 2] rebalance: no function 'd' is defined above" },
        { "hot-add = c", "rebalance = pnp resize c 8G",
          "made-up.ini:16: [step 1] rebalance: 'c' is not plugged in at this step" },
        { "hot-add = c", "hot-add = c\n[step 2]\npower-off = c\n[step 3]\nrebalance = pnp",
          "made-up.ini:20: [step 3] rebalance: 'c' is not plugged in at this step" },
        { "hot-add = c", "rebalance = pnp grow a 8G",
          "made-up.ini:16: [step 1] rebalance: expected pnp, pnp FUNCTION or pnp resize FUNCTION "
          "[barN] SIZE" },
        { "hot-add = c", "rebalance = pnp resize a 3G",
          "made-up.ini:16: [step 1] rebalance: a resizable BAR's size is a power of two of at "
          "least 1M" },
        { "hot-add = c", "hot-add = c\npolicy = best-effort",
          "made-up.ini:17: [step 1] policy: only for a step 'rebalance'; remove the key" },
        { "hot-add = c", "hot-add = c\n[step 2]\nrebalance = nearest\ndeadline = 2",
          "made-up.ini:19: [step 2] deadline: only for a step 'rebalance = pnp'; remove the "
          "key" },
        { "hot-add = c", "hot-add = c\n[step 2]\nrebalance = pnp\npolicy = mine",
          "made-up.ini:19: [step 2] policy: 'mine' is not one of: all-or-nothing, best-effort" },
        { "size = 4G", "device = nvme\nfault = old-answers",
          "made-up.ini:14: [function c] fault: this is for barshift functions; remove the key" },
        { "port = p2", "port = p2\ndevice = nvme\ndriver = kmdf",
          "made-up.ini:12: [function b] driver: an nvme is driven by the kernel; expected "
          "'back-end = kernel'" },
        { "port = p2", "port = p2\ndevice = nvme\ndriver = kmdf\nback-end = sysfs",
          "made-up.ini:13: [function b] back-end: an nvme is driven by the kernel; expected "
          "'back-end = kernel'" },
        { "size = 4G", "layout = function-2g\nsize = 4G",
          "made-up.ini:14: [function c] size: 'layout' stands here too, and names every BAR; "
          "remove one of them" },
        { "size = 4G", "rebar = off\nlayout = function-2g",
          "made-up.ini:13: [function c] rebar: 'layout' stands here too, and names every BAR; "
          "remove one of them" },
        { "port = p2", "port = p2\nlayout = huge-1t",
          "made-up.ini: [machine] hole64: the 64-bit window of 32 GiB is too small for the "
          "functions plugged at boot, which need 1026 GiB" },
        { "hot-add = c", "resize = a bar6 1G",
          "made-up.ini:16: [step 1] resize: 'bar6' is no BAR; expected bar0 to bar5" },
        { "hot-add = c", "resize = a bar22 1G",
          "made-up.ini:16: [step 1] resize: 'bar22' is no BAR; expected bar0 to bar5" },
        { "hot-add = c", "resize = a 2 1G",
          "made-up.ini:16: [step 1] resize: '2' is no BAR; expected bar0 to bar5" },
        { "hot-add = c", "resize = a bar2 3G",
          "made-up.ini:16: [step 1] resize: a resizable BAR's size is a power of two of at least "
          "1M" },
        { "hot-add = c", "resize = a 512K",
          "made-up.ini:16: [step 1] resize: a resizable BAR's size is a power of two of at least "
          "1M" },
        { "hot-add = c", "resize = a",
          "made-up.ini:16: [step 1] resize: expected FUNCTION [barN] SIZE" },
        { "hot-add = c", "rebalance = p1",
          "made-up.ini:3: [scenario] outcome: nobody is plugged in here that was hot-added or "
          "resized; without one the outcome is survived or harmed" },
        { "hot-add = c", "rebalance = nearest",
          "made-up.ini:16: [step 1] rebalance: no function was hot-added before; name the ports" },
        { "hot-add = c", "power-off = a",
          "made-up.ini:3: [scenario] outcome: nobody is plugged in here that was hot-added or "
          "resized; without one the outcome is survived or harmed" },
        { "hot-add = c", "hot-add = c\n[step 2]\npower-off = c",
          "made-up.ini:3: [scenario] outcome: nobody is plugged in here that was hot-added or "
          "resized; without one the outcome is survived or harmed" },
        { "hot-add = c", "hot-add = c\npower-off = a",
          "made-up.ini:17: [step 1] power-off: a step has one action; 'hot-add' stands here too" },
        { "[port p1]", "[machine]\nhole64 = 3G\n[port p1]",
          "made-up.ini:5: [machine] hole64: the 64-bit window of 3 GiB is too small for the "
          "functions plugged at boot, which need 4 GiB" },
        { "[port p1]", "[machine]\nmemory = 8G\n[port p1]",
          "made-up.ini:5: [machine] memory: the guest needs 128M to 2G, below the 64-bit window" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = replaced(rows[i].from, rows[i].to);
        g_autofree char *message = made_up_failure(text);

        /* what is missing now may be told, too */
        message[strcspn(message, "\n")] = '\0';
        g_assert_cmpstr(message, ==, rows[i].message);
    }
}

/* The lists grow with every kind of step. */
static void test_lists_actions_and_keys(void)
{
    g_autofree char *idle = replaced("hot-add = c", "expect = refused");
    g_autofree char *misspelt = replaced("hot-add = c", "hot-add = c\nexpcet = refused");
    g_autofree char *no_action = made_up_failure(idle);
    g_autofree char *no_key = made_up_failure(misspelt);

    g_assert_true(g_str_has_prefix(no_action,
                                   "made-up.ini:15: [step 1]: no action; expected one of "));
    g_assert_nonnull(strstr(no_action, "hot-add, "));
    g_assert_nonnull(strstr(no_action, ", rebalance, "));
    g_assert_true(g_str_has_prefix(no_key, "made-up.ini:17: [step 1] expcet: unknown key; beside "
                                           "'hot-add' stand: "));
    g_assert_nonnull(strstr(no_key, "expect"));
}

/* By name out of the catalogue, or a file beside the scenario, wherever that is run from. */
static void test_finds_layouts(void)
{
    static const char name_text[] = "layout = huge-1t";
    g_autofree char *folder = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    g_autofree char *layout = g_build_filename(folder, "mine.ini", NULL);
    g_autofree char *path = g_build_filename(folder, "made-up.ini", NULL);
    g_autofree char *absolute = g_strdup_printf("layout = %s", layout);
    const char *const rows[] = { name_text, "layout = mine.ini", "layout = ./mine.ini", absolute };

    g_assert_true(g_file_set_contents(
        layout, "[layout]\ntitle = t\n[device]\nbar0 = 1T:mem64:pref\n", -1, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = replaced("size = 4G", rows[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(Scenario) scenario = NULL;

        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        scenario = scenario_load(path, &error);
        g_assert_no_error(error);
        g_assert_cmphex(function_pref64_bytes(scenario_find_function(scenario, "c")), ==,
                        1ull << 40);
        g_assert_cmphex(function_pref64_bytes(scenario_find_function(scenario, "a")), ==,
                        2ull << 30);
    }
    g_unlink(layout);
    g_unlink(path);
    g_rmdir(folder);
}

static void test_blames_the_layout_that_is_wrong(void)
{
    g_autofree char *unknown = replaced("size = 4G", "layout = nonsense");
    g_autofree char *missing = replaced("size = 4G", "layout = missing.ini");
    g_autofree char *no_name = made_up_failure(unknown);
    g_autofree char *no_file = made_up_failure(missing);

    g_assert_true(g_str_has_prefix(
        no_name, "made-up.ini:13: [function c] layout: no layout 'nonsense'; there are: "));
    g_assert_nonnull(strstr(no_name, ", nvme-16k, "));
    g_assert_nonnull(strstr(no_file, ": [function c] layout: no file '"));
}

static void test_unreadable_file(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(scenario_load("/nonexistent/scenario.ini", &error));
    g_assert_cmpstr(error->message, ==, "/nonexistent/scenario.ini: No such file or "
                                        "directory; expected a file to read");
}

static void test_empty_file(void)
{
    g_autofree char *message = made_up_failure("");

    g_assert_cmpstr(message, ==, "made-up.ini: the group [scenario] is missing");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scenario/reads-everything", test_reads_everything);
    g_test_add_func("/scenario/reads-drivers", test_reads_drivers);
    g_test_add_func("/scenario/names-what-is-wrong", test_names_what_is_wrong);
    g_test_add_func("/scenario/lists-actions-and-keys", test_lists_actions_and_keys);
    g_test_add_func("/scenario/layout/is-found", test_finds_layouts);
    g_test_add_func("/scenario/layout/is-blamed", test_blames_the_layout_that_is_wrong);
    g_test_add_func("/scenario/unreadable-file", test_unreadable_file);
    g_test_add_func("/scenario/empty-file", test_empty_file);
    return g_test_run();
}
