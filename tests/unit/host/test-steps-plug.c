/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that plug, forget, find, bind, resize and run scripts, on paper. */
#include "made-up.h"
#include "step-type.h"

/* The made-up scenario with another outcome and other steps, the first of them in line 16. */
static char *with_steps(const char *outcome, const char *steps)
{
    const char *tail = strstr(made_up_scenario_text, "[port p1]");
    g_autofree char *middle = g_strndup(tail, strstr(tail, "[step 1]") - tail);

    return g_strdup_printf("[scenario]\ntitle = made up\noutcome = %s\n%s[step 1]\n%s\n", outcome,
                           middle, steps);
}

static void assert_fails(const char *outcome, const char *const (*rows)[2], guint count)
{
    for (guint i = 0; i < count; i++) {
        g_autofree char *text = with_steps(outcome, rows[i][0]);
        g_autofree char *message = made_up_failure(text);

        g_assert_cmpstr(message, ==, rows[i][1]);
    }
}

static const Step *step_at(const Scenario *scenario, guint index)
{
    return g_ptr_array_index(scenario->steps, index);
}

static void test_reads_plugging(void)
{
    g_autofree char *text = with_steps("settled",
                                       "unplug = a\n"
                                       "without-waiting = yes\n"
                                       "[step 2]\n"
                                       "press = a\n"
                                       "error = already in the process\n"
                                       "[step 3]\n"
                                       "unplug = b surprise\n"
                                       "[step 4]\n"
                                       "hot-add = c\n"
                                       "meanwhile = hot-add a\n"
                                       "[step 5]\n"
                                       "rebalance = p1\n"
                                       "meanwhile = unplug a button\n");
    g_autoptr(Scenario) scenario = made_up_scenario(text);
    const Step *inner = step_at(scenario, 3)->meanwhile;

    g_assert_cmpuint(step_at(scenario, 0)->how, ==, UNPLUG_BUTTON);
    g_assert_true(step_at(scenario, 0)->without_waiting);
    g_assert_cmpstr(step_at(scenario, 1)->wanted, ==, "already in the process");
    g_assert_cmpuint(step_at(scenario, 2)->how, ==, UNPLUG_SURPRISE);
    g_assert_false(step_at(scenario, 2)->without_waiting);
    g_assert_cmpstr(inner->text, ==, "hot-add a");
    g_assert_cmpstr(inner->function->name, ==, "a");
    g_assert_cmpstr(step_at(scenario, 4)->meanwhile->type->key, ==, "unplug");
    g_assert_null(step_at(scenario, 2)->meanwhile);
}

static void test_names_what_is_wrong_with_plugging(void)
{
    static const char *const rows[][2] = {
        { "unplug = ",
          "made-up.ini:16: [step 1] unplug: expected FUNCTION [button | power | surprise]" },
        { "unplug = a softly",
          "made-up.ini:16: [step 1] unplug: expected FUNCTION [button | power | surprise]" },
        { "unplug = a power at once",
          "made-up.ini:16: [step 1] unplug: expected FUNCTION [button | power | surprise]" },
        { "unplug = d", "made-up.ini:16: [step 1] unplug: no function 'd' is defined above" },
        { "unplug = c", "made-up.ini:16: [step 1] unplug: 'c' is not plugged in at this step" },
        { "unplug = a\n[step 2]\nunplug = a",
          "made-up.ini:18: [step 2] unplug: 'a' is not plugged in at this step" },
        { "unplug = a power\nwithout-waiting = yes",
          "made-up.ini:16: [step 1] unplug: the guest switches the power off, and waits for it; "
          "expected button or surprise" },
        { "unplug = a\nwithout-waiting = perhaps",
          "made-up.ini:17: [step 1] without-waiting: 'perhaps' is not one of: no, yes" },
        { "resize = a 4G\nwithout-waiting = yes",
          "made-up.ini:17: [step 1] without-waiting: only for a step 'hot-add', 'unplug'; remove "
          "the key" },
        { "press = a",
          "made-up.ini:16: [step 1] press: 'a' is not being unplugged at this step; a step "
          "'unplug' with 'without-waiting = yes' begins it" },
        { "unplug = a\n[step 2]\npress = a",
          "made-up.ini:18: [step 2] press: 'a' is not being unplugged at this step; a step "
          "'unplug' with 'without-waiting = yes' begins it" },
        { "unplug = a\nwithout-waiting = yes\nexpect = survived\n[step 2]\npress = a",
          "made-up.ini:20: [step 2] press: 'a' is not being unplugged at this step; a step "
          "'unplug' with 'without-waiting = yes' begins it" },
        { "unplug = a\nmeanwhile = resize b 4G",
          "made-up.ini:17: [step 1] meanwhile: expected hot-add FUNCTION or unplug FUNCTION "
          "[button | surprise]" },
        { "unplug = a\nmeanwhile = unplug a",
          "made-up.ini:17: [step 1] meanwhile: 'a' is not plugged in at this step" },
        { "unplug = a\nmeanwhile = unplug b power",
          "made-up.ini:17: [step 1] meanwhile: the guest switches the power off, and waits for "
          "it; expected button or surprise" },
    };

    assert_fails("survived", rows, G_N_ELEMENTS(rows));
}

static void test_switches_slots_off_together(void)
{
    static const char *const rows[][2] = {
        { "power-off =", "made-up.ini:16: [step 1] power-off: expected FUNCTION..." },
        { "power-off = b nobody",
          "made-up.ini:16: [step 1] power-off: no function 'nobody' is defined above" },
        { "power-off = b b",
          "made-up.ini:16: [step 1] power-off: 'b' is not plugged in at this step" },
        { "power-off = b a\n[step 2]\nresize = a 4G",
          "made-up.ini:18: [step 2] resize: 'a' is not plugged in at this step" },
    };
    g_autofree char *text = with_steps("survived", "power-off = b a");
    g_autoptr(Scenario) scenario = made_up_scenario(text);
    const Step *step = step_at(scenario, 0);

    g_assert_cmpstr(step->function->name, ==, "b");
    g_assert_cmpuint(step->others->len, ==, 1);
    g_assert_cmpstr(((Function *)g_ptr_array_index(step->others, 0))->name, ==, "a");
    assert_fails("survived", rows, G_N_ELEMENTS(rows));
}

/* Whichever way it is to leave, and what the step is called */
static void test_lets_nobody_leave_who_cannot(void)
{
    static const char *const ways[][2] = {
        { "power-off", "" }, { "unplug", "" }, { "unplug", " power" }, { "unplug", " surprise" },
    };
    static const struct {
        const char *before, *complaint;
        guint line;
    } rows[] = {
        { "rescan = all\n[port q]\nhotplug = off\n[function d]\nport = q",
          "'q' has no slot that could be switched off: 'd'", 22 },
        { "rescan = all\n[function d]\nport = pcie.0\nslot = 9",
          "'pcie.0' has no slot that could be switched off: 'd'", 21 },
        { "rescan = all\n[port q]\n[function d]\nport = q\n[step 2]\npower-off = d",
          "'d' is not plugged in at this step", 23 },
        { "rescan = all\n[port q]\n[function d]\nport = q\n[step 2]\nunplug = d\n"
          "without-waiting = yes",
          "'d' is not plugged in at this step", 24 },
        { "rescan = all\n[port q]\n[function d]\nport = q\n[function e]\nport = q\nnumber = 1\n"
          "[step 2]\nsuspend = e",
          "'e' is suspended at this step; a step 'resume' wakes it", 26 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows) * G_N_ELEMENTS(ways); i++) {
        const char *const *way = ways[i % G_N_ELEMENTS(ways)];
        guint row = i / G_N_ELEMENTS(ways);
        g_autofree char *steps = g_strdup_printf("%s\n[step last]\n%s = d%s", rows[row].before,
                                                 way[0], way[1]);
        g_autofree char *text = with_steps("survived", steps);
        g_autofree char *message = made_up_failure(text);
        g_autofree char *expected = g_strdup_printf("made-up.ini:%u: [step last] %s: %s",
                                                    rows[row].line, way[0], rows[row].complaint);

        g_assert_cmpstr(message, ==, expected);
    }
}

static void test_names_what_is_wrong_with_presence(void)
{
    static const char *const rows[][2] = {
        { "remove = ", "made-up.ini:16: [step 1] remove: expected one FUNCTION or PORT" },
        { "remove = d",
          "made-up.ini:16: [step 1] remove: no function and no port 'd' is defined above" },
        { "remove = c", "made-up.ini:16: [step 1] remove: 'c' is not plugged in at this step" },
        { "remove = p1\n[step 2]\nremove = a",
          "made-up.ini:18: [step 2] remove: the kernel does not know 'a' at this step; a step "
          "'rescan' finds it" },
        { "remove = p1\n[step 2]\nremove = p1",
          "made-up.ini:18: [step 2] remove: the kernel does not know 'p1' at this step; a step "
          "'rescan' finds it" },
        { "remove = p3\n[step 2]\nhot-add = c",
          "made-up.ini:18: [step 2] hot-add: the kernel does not know 'p3' at this step; a step "
          "'rescan' finds it" },
        { "remove = p1\n[step 2]\nrescan = p1",
          "made-up.ini:18: [step 2] rescan: the kernel does not know 'p1' at this step; a step "
          "'rescan' finds it" },
        { "remove = p1\n[step 2]\nrescan = p2\n[step 3]\nunplug = a",
          "made-up.ini:20: [step 3] unplug: the kernel does not know 'a' at this step; a step "
          "'rescan' finds it" },
        { "rescan = ", "made-up.ini:16: [step 1] rescan: expected all, root or one PORT" },
        { "rescan = a",
          "made-up.ini:16: [step 1] rescan: no port 'a' is defined above; other words here are "
          "all and root" },
        { "bind = a", "made-up.ini:16: [step 1] bind: expected FUNCTION DRIVER" },
        { "bind = a b;c", "made-up.ini:16: [step 1] bind: 'b;c' is no name of a driver; "
          "expected letters, digits, - and _" },
        { "bind = a x\n[step 2]\nbind = a x",
          "made-up.ini:18: [step 2] bind: 'a' has been bound already; a step 'unbind' takes it "
          "away" },
        { "unbind = a",
          "made-up.ini:16: [step 1] unbind: no driver of the kernel has 'a' at this step; a step "
          "'bind' gives it one" },
        { "bind = a x\n[step 2]\nremove = a\n[step 3]\nrescan = all\n[step 4]\nunbind = a",
          "made-up.ini:22: [step 4] unbind: no driver of the kernel has 'a' at this step; a step "
          "'bind' gives it one" },
        { "run = ", "made-up.ini:16: [step 1] run: expected SCRIPT [ARGUMENT...]" },
        { "run = remove-rescan ports @d",
          "made-up.ini:16: [step 1] run: no function and no port 'd' is defined above" },
        { "run = remove-rescan\nstops = d",
          "made-up.ini:17: [step 1] stops: no function 'd' is defined above" },
        { "run = remove-rescan\nstops = c",
          "made-up.ini:16: [step 1] run: 'c' is not plugged in at this step" },
        { "run = remove-rescan\nresizes = d 1G",
          "made-up.ini:17: [step 1] resizes: no function 'd' is defined above" },
        { "run = remove-rescan\nresizes = a 3G",
          "made-up.ini:17: [step 1] resizes: a resizable BAR's size is a power of two of at least "
          "1M" },
        { "run = remove-rescan\nresizes = c 1G",
          "made-up.ini:16: [step 1] run: 'c' is not plugged in at this step" },
        { "run = remove-rescan\nresizes = a 1G",
          "made-up.ini:3: [scenario] outcome: somebody asks for resources here; survived is when "
          "nobody does" },
        { "run = remove-rescan\nstatus = 256",
          "made-up.ini:17: [step 1] status: '256' is no number from 0 to 255" },
        { "wait-for = ",
          "made-up.ini:16: [step 1] wait-for: expected what a line of the kernel's log has in it" },
    };

    assert_fails("survived", rows, G_N_ELEMENTS(rows));
}

static void test_surprises_with_native_hotplug_only(void)
{
    g_autofree char *text = with_steps("survived", "unplug = a surprise");
    g_autoptr(GString) acpi = g_string_new(text);
    g_autofree char *message = NULL;

    scenario_free(made_up_scenario(text));
    g_assert_cmpuint(g_string_replace(acpi, "[port p1]", "[machine]\nhotplug = acpi\n[port p1]",
                                      1), ==, 1);
    message = made_up_failure(acpi->str);
    g_assert_cmpstr(message, ==,
                    "made-up.ini:18: [step 1] unplug: only a barshift vanishes, and only with "
                    "'hotplug = native' does anybody get to know");
}

/* The guest's own scripts are named, and where else it was looked for. */
static void test_knows_the_guests_scripts(void)
{
    g_autofree char *text = with_steps("survived", "run = no-such-script");
    g_autofree char *message = made_up_failure(text);
    g_autofree char *known = with_steps("survived", "run = remove-rescan ports @p1 @a\nstatus = 3");
    g_autoptr(Scenario) scenario = made_up_scenario(known);

    g_assert_true(g_str_has_prefix(message, "made-up.ini:16: [step 1] run: 'no-such-script' is "
                                            "neither a file in "));
    g_assert_nonnull(strstr(message, " remove-rescan "));
    g_assert_null(step_at(scenario, 0)->file);
    g_assert_cmpuint(step_at(scenario, 0)->status, ==, 3);
    g_assert_cmpstr(step_at(scenario, 0)->words[2], ==, "@p1");
}

static void test_finds_again(void)
{
    static const char *const rows[] = {
        "remove = p1\n[step 2]\nrescan = all\n[step 3]\nunplug = a",
        "remove = a\n[step 2]\nrescan = p1\n[step 3]\nunplug = a",
        "remove = a\n[step 2]\nrescan = root\n[step 3]\nunplug = a",
        "remove = a\n[step 2]\nrebalance = p2\n[step 3]\nunplug = a",
        "bind = a x\n[step 2]\nunbind = a\n[step 3]\nbind = a y",
        "bind = a x\n[step 2]\nunplug = a\n[step 3]\nhot-add = a\n[step 4]\nbind = a y\n"
        "[step 5]\nunplug = a",
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = with_steps("survived", rows[i]);

        scenario_free(made_up_scenario(text));
    }
}

static void test_reads_resizes(void)
{
    static const struct {
        const char *keys;
        gboolean by_config, decoding, bound;
        const char *wanted; /* (nullable) */
    } rows[] = {
        { "", FALSE, FALSE, FALSE, NULL },
        { "by = config\ndecode = on", TRUE, TRUE, FALSE, NULL },
        { "decode = off\nerrno = ENOSPC", FALSE, FALSE, FALSE, "ENOSPC" },
        { "driver = bound\nerrno = EBUSY", FALSE, FALSE, TRUE, "EBUSY" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *before = rows[i].bound ? "bind = a x" : "rescan = all";
        g_autofree char *steps = g_strdup_printf("%s\n[step 2]\nresize = a bar4 4G\n%s", before,
                                                 rows[i].keys);
        g_autofree char *text = with_steps("refused", steps);
        g_autoptr(Scenario) scenario = made_up_scenario(text);
        const Step *step = step_at(scenario, 1);

        g_assert_cmpint(step->by_config, ==, rows[i].by_config);
        g_assert_cmpint(step->decoding, ==, rows[i].decoding);
        g_assert_cmpint(step->bound, ==, rows[i].bound);
        g_assert_cmpstr(step->wanted, ==, rows[i].wanted);
    }
}

static void test_names_what_is_wrong_with_resizes(void)
{
    static const char *const rows[][2] = {
        { "resize = a 4G\nby = hand",
          "made-up.ini:17: [step 1] by: 'hand' is not one of: kernel, config" },
        { "resize = a 4G\nerrno = EPERM",
          "made-up.ini:17: [step 1] errno: 'EPERM' is not one of: EBUSY, EINVAL, ENOSPC, "
          "ENOTSUPP" },
        { "resize = a 4G\nby = config\nerrno = EBUSY",
          "made-up.ini:18: [step 1] errno: the kernel is not asked where 'by = config' stands" },
        { "bind = a x\n[step 2]\nresize = a 4G\nby = config\ndriver = bound",
          "made-up.ini:20: [step 2] driver: a function that its driver keeps cannot be found "
          "again, which 'by = config' does" },
        { "bind = a x\n[step 2]\nresize = a 4G\nerrno = EBUSY",
          "made-up.ini:18: [step 2] resize: a step has bound 'a' to a driver of the kernel; a step "
          "'unbind' takes it away, or 'driver = bound' stands here" },
        { "resize = a 4G\ndriver = bound",
          "made-up.ini:17: [step 1] driver: no driver of the kernel has 'a' at this step; a step "
          "'bind' gives it one" },
        { "next-size = a", "made-up.ini:16: [step 1] next-size: expected FUNCTION [barN] SIZE" },
        { "next-size = a 3G",
          "made-up.ini:16: [step 1] next-size: a resizable BAR's size is a power of two of at "
          "least 1M" },
        { "next-size = c 4G",
          "made-up.ini:16: [step 1] next-size: 'c' is not plugged in at this step" },
    };

    assert_fails("refused", rows, G_N_ELEMENTS(rows));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/steps/plug/reads", test_reads_plugging);
    g_test_add_func("/steps/plug/names-what-is-wrong", test_names_what_is_wrong_with_plugging);
    g_test_add_func("/steps/plug/lets-nobody-leave-who-cannot",
                    test_lets_nobody_leave_who_cannot);
    g_test_add_func("/steps/plug/surprises-with-native-hotplug-only",
                    test_surprises_with_native_hotplug_only);
    g_test_add_func("/steps/plug/switches-slots-off-together",
                    test_switches_slots_off_together);
    g_test_add_func("/steps/presence/names-what-is-wrong",
                    test_names_what_is_wrong_with_presence);
    g_test_add_func("/steps/presence/finds-again", test_finds_again);
    g_test_add_func("/steps/run/knows-the-guests-scripts", test_knows_the_guests_scripts);
    g_test_add_func("/steps/resize/reads", test_reads_resizes);
    g_test_add_func("/steps/resize/names-what-is-wrong", test_names_what_is_wrong_with_resizes);
    return g_test_run();
}
