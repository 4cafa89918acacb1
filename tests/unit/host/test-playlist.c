/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which results a run is to have, and what they are called. */
#include "error.h"
#include "kernel-choice.h"
#include "playlist.h"

#include <string.h>

static Platform platforms[] = {
    { .label = "", .kernel_word = "6.1.192-2", .qemu = "/q", .accel = "tcg" },
    { .label = "k1/", .kernel_word = "/my kernels/1", .qemu = "/q", .accel = "tcg" },
    { .label = "k2/", .kernel_word = "2", .qemu = "/q", .accel = "kvm" },
};

static Playlist *playlist(PlaylistAsked asked, guint first, guint count)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    Playlist *plays;

    for (guint i = first; i < first + count; i++) {
        g_ptr_array_add(list, &platforms[i]);
    }
    asked.platforms = list;
    asked.options = asked.options == NULL ? "" : asked.options;
    asked.repeat = MAX(asked.repeat, 1);
    asked.shard = MAX(asked.shard, 1);
    asked.shards = MAX(asked.shards, 1);
    plays = playlist_new(&asked, &error);
    g_assert_no_error(error);
    return plays;
}

static const Play *play(const Playlist *list, guint index)
{
    return g_ptr_array_index(list->plays, index);
}

static char *names(const Playlist *list)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < list->plays->len; i++) {
        g_string_append_printf(text, "%s%s", i == 0 ? "" : " ", play(list, i)->origin.name);
    }
    return g_string_free(text, FALSE);
}

static char *const two[] = { (char *)"rebar-grow", (char *)"window-grows", NULL };

static void test_names_what_there_is_more_than_one_of(void)
{
    g_autoptr(Playlist) plain = playlist((PlaylistAsked) { .scenarios = two }, 0, 1);
    g_autoptr(Playlist) all =
        playlist((PlaylistAsked) { .scenarios = two, .repeat = 2 }, 1, 2);
    g_autofree char *plain_names = names(plain);
    g_autofree char *all_names = names(all);

    g_assert_cmpstr(plain_names, ==, "rebar-grow window-grows");
    g_assert_cmpstr(all_names, ==,
                    "k1/rebar-grow~1 k1/rebar-grow~2 k2/rebar-grow~1 k2/rebar-grow~2 "
                    "k1/window-grows~1 k1/window-grows~2 k2/window-grows~1 k2/window-grows~2");
    g_assert_cmpuint(play(all, 3)->origin.repetition, ==, 2);
}

static void test_tells_how_to_reproduce(void)
{
    g_autoptr(Playlist) plain = playlist((PlaylistAsked) { .scenarios = two }, 0, 1);
    g_autoptr(Playlist) more = playlist(
        (PlaylistAsked) { .scenarios = two, .name_qemu = TRUE, .options = " --timeout 5" }, 1, 1);

    g_assert_cmpstr(play(plain, 0)->origin.reproduce, ==,
                    "barshift run --kernel 6.1.192-2 --accel tcg rebar-grow");
    g_assert_cmpstr(play(more, 0)->origin.reproduce, ==,
                    "barshift run --kernel '/my kernels/1' --qemu /q --accel tcg --timeout 5 "
                    "rebar-grow");
}

/* Each result is in one shard, whatever their number is. */
static void test_shards_have_everything_once(void)
{
    g_autoptr(Playlist) whole = playlist((PlaylistAsked) { .all = TRUE }, 1, 2);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint count = 0;

    for (guint shard = 1; shard <= 3; shard++) {
        g_autoptr(Playlist) part = playlist(
            (PlaylistAsked) { .all = TRUE, .shard = shard, .shards = 3 }, 1, 2);

        g_assert_cmpstr(play(part, 0)->origin.name, ==, play(whole, shard - 1)->origin.name);
        for (guint i = 0; i < part->plays->len; i++) {
            g_hash_table_add(seen, g_strdup(play(part, i)->origin.name));
            count++;
        }
    }
    g_assert_cmpuint(count, ==, whole->plays->len);
    g_assert_cmpuint(g_hash_table_size(seen), ==, whole->plays->len);
}

static void test_takes_what_has_all_tags(void)
{
    g_autoptr(Playlist) all = playlist((PlaylistAsked) { .all = TRUE }, 0, 1);
    g_autoptr(Playlist) some = playlist((PlaylistAsked) { .tags = "hot-add,switch" }, 0, 1);
    const char *const tags[] = { "hot-add", "switch", NULL };
    guint with = 0;

    for (guint i = 0; i < all->plays->len; i++) {
        with += scenario_has_tags(play(all, i)->scenario, tags);
    }
    g_assert_cmpuint(with, >, 0);
    g_assert_cmpuint(some->plays->len, ==, with);
    g_assert_cmpuint(some->plays->len, <, all->plays->len);
}

static void test_refuses_unknown_tags(void)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    const PlaylistAsked asked = {
        .tags = "hot-add,nonesuch", .repeat = 1, .shard = 1, .shards = 1, .platforms = list,
    };

    g_ptr_array_add(list, &platforms[0]);
    g_assert_null(playlist_new(&asked, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, "--tag hot-add,nonesuch"));
}

static void test_parses_shards(void)
{
    static const char *const wrong[] = { "", "1", "0/3", "4/3", "1/", "/3", "1/3x", "-1/3", "1/0",
                                         " 1/3", "1/99999", "99999999999/3" };
    guint shard = 0, shards = 0;

    g_assert_true(playlist_parse_shard("3/3", &shard, &shards, NULL));
    g_assert_cmpuint(shard, ==, 3);
    g_assert_cmpuint(shards, ==, 3);
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(playlist_parse_shard(wrong[i], &shard, &shards, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
    }
}

/* A package that was fetched is there on another machine, too; a file of the user's is not. */
static void test_names_kernels(void)
{
    g_autofree char *package =
        kernel_choice_word("/c/linux-image-6.1.0-9-cloud-amd64_6.1.192-2/boot/vmlinux-6.1.0-9");
    g_autofree char *file = kernel_choice_word("/home/me/arch/x86/boot/bzImage");

    g_assert_cmpstr(package, ==, "6.1.192-2");
    g_assert_cmpstr(file, ==, "/home/me/arch/x86/boot/bzImage");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/playlist/names-what-there-is-more-than-one-of",
                    test_names_what_there_is_more_than_one_of);
    g_test_add_func("/playlist/tells-how-to-reproduce", test_tells_how_to_reproduce);
    g_test_add_func("/playlist/shards-have-everything-once", test_shards_have_everything_once);
    g_test_add_func("/playlist/takes-what-has-all-tags", test_takes_what_has_all_tags);
    g_test_add_func("/playlist/refuses-unknown-tags", test_refuses_unknown_tags);
    g_test_add_func("/playlist/parses-shards", test_parses_shards);
    g_test_add_func("/playlist/names-kernels", test_names_kernels);
    return g_test_run();
}
