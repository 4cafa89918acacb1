/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario.h"

#include <glib/gstdio.h>
#include <string.h>

#define BASE "sub/base.ini"
#define OWN "own.ini"

/* Two functions, a and c, and c is hot-added. */
static const char base_text[] =
    "# the base's comment\n"
    "[scenario]\n"
    "title = base\n"
    "shows = what the base shows\n"
    "outcome = settled\n"
    "untouched = a\n"
    "[port p1]\n"
    "[port p2]\n"
    "[function a]\n"
    "port = p1\n"
    "[function c]\n"
    "port = p2\n"
    "size = 4G\n"
    "plugged = later\n"
    "[step arrival]\n"
    "hot-add = c\n"
    "expect = settled\n"
    "[step more]\n"
    "resize = c 8G\n";

static const char *const made[] = { BASE, OWN, "sub/middle.ini", "sub/card.ini" };

typedef struct Folder {
    char *path;
} Folder;

static void folder_put(const Folder *folder, const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(folder->path, file, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static Folder *folder_new(void)
{
    Folder *folder = g_new0(Folder, 1);
    g_autofree char *sub = NULL;

    folder->path = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    sub = g_build_filename(folder->path, "sub", NULL);
    g_mkdir(sub, 0700);
    folder_put(folder, BASE, base_text);
    return folder;
}

static void folder_free(Folder *folder)
{
    g_autofree char *sub = g_build_filename(folder->path, "sub", NULL);

    for (guint i = 0; i < G_N_ELEMENTS(made); i++) {
        g_autofree char *path = g_build_filename(folder->path, made[i], NULL);

        g_unlink(path);
    }
    g_rmdir(sub);
    g_rmdir(folder->path);
    g_free(folder->path);
    g_free(folder);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Folder, folder_free)

/* [scenario] of a file that includes the base, and what else it says */
static Scenario *load(const Folder *folder, const char *own, GError **error)
{
    g_autofree char *text =
        g_strconcat("[scenario]\ntitle = own\ninclude = " BASE "\n", own, NULL);
    g_autofree char *path = g_build_filename(folder->path, OWN, NULL);

    folder_put(folder, OWN, text);
    return scenario_load(path, error);
}

static Scenario *load_well(const Folder *folder, const char *own)
{
    g_autoptr(GError) error = NULL;
    Scenario *scenario = load(folder, own, &error);

    g_assert_no_error(error);
    return scenario;
}

/* The message of a file that is wrong, with the folder left out wherever it stands. */
static char *failure(const Folder *folder, const char *own)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Scenario) scenario = load(folder, own, &error);
    g_autofree char *prefix = g_strdup_printf("%s/", folder->path);
    GString *message = g_string_new(NULL);

    g_assert_null(scenario);
    g_string_append(message, error->message);
    g_string_replace(message, prefix, "", 0);
    return g_string_free(message, FALSE);
}

static const Step *step(const Scenario *scenario, guint index)
{
    return g_ptr_array_index(scenario->steps, index);
}

static void test_keeps_what_is_not_replaced(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(Scenario) scenario = load_well(folder, "outcome = resized\n");

    g_assert_cmpstr(scenario->name, ==, "own");
    g_assert_cmpstr(scenario->title, ==, "own");
    g_assert_cmpstr(scenario->shows, ==, "what the base shows");
    g_assert_cmpuint(scenario->outcome, ==, OUTCOME_RESIZED);
    g_assert_cmpstr(scenario->untouched[0], ==, "a");
    g_assert_cmpuint(scenario->functions->len, ==, 2);
    g_assert_cmpuint(scenario->steps->len, ==, 2);
    g_assert_true(g_str_has_suffix(step(scenario, 0)->place,
                                   "/sub/base.ini:16: [step arrival] hot-add"));
}

static void test_replaces_key_by_key(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(Scenario) scenario = load_well(folder,
        "untouched =\n"
        "kept = a\n"
        "without = step more\n"
        "[function c]\n"
        "size = 8G\n"
        "[step arrival]\n"
        "expect =\n");

    g_assert_null(scenario->untouched[0]);
    g_assert_cmpstr(scenario->kept[0], ==, "a");
    g_assert_cmpuint(scenario_find_function(scenario, "c")->size_bytes, ==, 8ull << 30);
    g_assert_cmpstr(scenario_find_function(scenario, "c")->port->name, ==, "p2");
    g_assert_cmpuint(scenario->steps->len, ==, 1);
    g_assert_false(step(scenario, 0)->has_expect);
}

/* A port that is new stands above the functions of the base, which can use it. */
static void test_puts_new_groups_behind_their_kind(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(Scenario) scenario = load_well(folder,
        "outcome = resized\n"
        "[step last]\n"
        "resize = c 2G\n"
        "[function b]\n"
        "port = p3\n"
        "[port p3]\n"
        "[port p4]\n"
        "[function c]\n"
        "port = p4\n"
        "[machine]\n"
        "hole64 = 64G\n");

    g_assert_cmpstr(scenario_find_function(scenario, "c")->port->name, ==, "p4");
    g_assert_cmpuint(scenario_find_port(scenario, "p3")->number, ==, 3);
    g_assert_cmpuint(scenario_find_function(scenario, "b")->tag, ==, 3);
    g_assert_cmpuint(scenario->machine.hole64_bytes, ==, 64ull << 30);
    g_assert_cmpstr(step(scenario, 2)->text, ==, "resize c 2G");
}

/* The base has no host bridge; its ports can sit on the new one all the same. */
static void test_puts_a_new_kind_where_it_belongs(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(Scenario) scenario = load_well(folder,
        "[port p1]\n"
        "parent = far\n"
        "[host-bridge far]\n"
        "bus = 32\n");

    g_assert_cmpstr(scenario_find_port(scenario, "p1")->parent->name, ==, "far");
}

static void test_replaces_the_action_of_a_step(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(Scenario) scenario = load_well(folder, "[step more]\nrebalance = nearest\n");

    g_assert_cmpuint(scenario->steps->len, ==, 2);
    g_assert_cmpstr(step(scenario, 1)->text, ==, "rebalance nearest");
    g_assert_cmpstr(step(scenario, 0)->text, ==, "hot-add c");
}

/* A file that includes one that includes one; and a layout is beside the file that names it. */
static void test_includes_over_several_files(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder->path, OWN, NULL);
    g_autoptr(Scenario) scenario = NULL;

    folder_put(folder, "sub/card.ini", "[layout]\ntitle = t\n[device]\nbar0 = 1G:mem64:pref\n");
    folder_put(folder, "sub/middle.ini",
               "[scenario]\ntitle = middle\ninclude = base.ini\nkept = c\nwithout = step more\n"
               "[function a]\nlayout = card.ini\n");
    folder_put(folder, OWN, "[scenario]\ntitle = own\ninclude = sub/middle.ini\nkept =\n");
    scenario = scenario_load(path, &error);
    g_assert_no_error(error);
    g_assert_null(scenario->kept[0]);
    g_assert_cmpstr(scenario->untouched[0], ==, "a");
    g_assert_cmpuint(scenario->steps->len, ==, 1);
    g_assert_cmpuint(function_pref64_bytes(scenario_find_function(scenario, "a")), ==, 1ull << 30);
}

static void test_includes_by_name(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder->path, OWN, NULL);
    g_autoptr(Scenario) scenario = NULL;

    folder_put(folder, OWN, "[scenario]\ntitle = own\ninclude = window-grows\n");
    scenario = scenario_load(path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(scenario_find_function(scenario, "incoming"));
    /* the folders of what is included are none of its own */
    g_assert_false(g_strv_contains((const char *const *)scenario->tags, "hot-add"));
}

static void test_blames_the_file_where_it_stands(void)
{
    static const struct {
        const char *own, *message;
    } rows[] = {
        { "[function c]\nsize = 3G\n",
          OWN ":5: [function c] size: a BAR's size is a power of two, here from 1M to 1T" },
        { "[machine]\nhole64 = 1G\n",
          OWN ":5: [machine] hole64: the 64-bit window of 1 GiB is too small for the functions "
          "plugged at boot, which need 2 GiB" },
        { "[step arrival]\npower-off = a\n",
          BASE ":17: [step arrival] expect: nobody is plugged in here that was hot-added or " },
        { "outcome = rebalanced\nuntouched = x\n",
          OWN ":5: [scenario] untouched: no function 'x' is defined" },
        { "without = function a\n", BASE ":6: [scenario] untouched: no function 'a' is defined" },
        { "without = port p2\n", BASE ":12: [function c] port: no port 'p2' is defined above" },
        { "[function c]\nport =\n", OWN ":4: [function c]: the key 'port' is missing" },
        { "[function c]\nsizes =\n",
          OWN ":5: [function c] sizes: unknown key; this group takes: " },
        { "without = step less\n",
          OWN ":4: [scenario] without: there is no group 'step less' in what is included" },
        { "without = step more; function a;\n",
          OWN ":4: [scenario] without: there is no group '' in what is included" },
    };
    g_autoptr(Folder) folder = folder_new();

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *message = failure(folder, rows[i].own);

        if (!g_str_has_prefix(message, rows[i].message)) {
            g_assert_cmpstr(message, ==, rows[i].message);
        }
    }
}

static char *failure_of(const Folder *folder, const char *text)
{
    g_autofree char *path = g_build_filename(folder->path, OWN, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Scenario) scenario = NULL;
    const char *name;

    folder_put(folder, OWN, text);
    scenario = scenario_load(path, &error);
    g_assert_null(scenario);
    name = strstr(error->message, OWN);
    return g_strdup(name == NULL ? error->message : name);
}

static void test_names_what_cannot_be_included(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "[scenario]\ninclude = " BASE "\n", OWN ":1: [scenario]: the key 'title' is missing" },
        { "[scenario]\ntitle = t\ninclude = none.ini\n", OWN ":3: [scenario] include: no file '" },
        { "[scenario]\ntitle = t\ninclude = sub/\n", OWN ":3: [scenario] include: no file '" },
        { "[scenario]\ntitle = t\ninclude = nonsense\n",
          OWN ":3: [scenario] include: no scenario 'nonsense'; there are: " },
        { "[scenario]\ntitle = t\noutcome = settled\nwithout = step 1\n",
          OWN ":4: [scenario] without: only beside 'include'" },
        { "[scenario]\ntitle = t\ninclude = " OWN "\n",
          OWN ":3: [scenario] include: files include one another: own -> own" },
    };
    g_autoptr(Folder) folder = folder_new();

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *message = failure_of(folder, rows[i].text);

        if (!g_str_has_prefix(message, rows[i].message)) {
            g_assert_cmpstr(message, ==, rows[i].message);
        }
    }
}

/* own includes base, which includes middle, which includes base again */
static void test_names_the_circle(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *message = NULL;

    folder_put(folder, BASE, "[scenario]\ninclude = middle.ini\n");
    folder_put(folder, "sub/middle.ini", "[scenario]\ninclude = ../sub/base.ini\n");
    message = failure(folder, "");
    g_assert_cmpstr(message, ==, "sub/middle.ini:2: [scenario] include: files include one another: "
                    "base -> middle -> base");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/include/keeps-what-is-not-replaced", test_keeps_what_is_not_replaced);
    g_test_add_func("/include/replaces-key-by-key", test_replaces_key_by_key);
    g_test_add_func("/include/puts-new-groups-behind-their-kind",
                    test_puts_new_groups_behind_their_kind);
    g_test_add_func("/include/puts-a-new-kind-where-it-belongs",
                    test_puts_a_new_kind_where_it_belongs);
    g_test_add_func("/include/replaces-the-action-of-a-step",
                    test_replaces_the_action_of_a_step);
    g_test_add_func("/include/over-several-files", test_includes_over_several_files);
    g_test_add_func("/include/by-name", test_includes_by_name);
    g_test_add_func("/include/blames-the-file-where-it-stands",
                    test_blames_the_file_where_it_stands);
    g_test_add_func("/include/names-what-cannot-be-included", test_names_what_cannot_be_included);
    g_test_add_func("/include/names-the-circle", test_names_the_circle);
    return g_test_run();
}
