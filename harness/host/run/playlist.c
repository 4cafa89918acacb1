/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "playlist.h"

#include "catalogue.h"
#include "error.h"
#include "shell-word.h"

#include <stdio.h>

#define SHARDS_MAX 10000

gboolean playlist_parse_shard(const char *text, guint *shard, guint *shards, GError **error)
{
    guint number, count;
    int end = 0;

    if (g_ascii_isdigit(text[0]) && sscanf(text, "%5u/%5u%n", &number, &count, &end) == 2 &&
        text[end] == '\0' && number >= 1 && number <= count && count <= SHARDS_MAX) {
        *shard = number;
        *shards = count;
        return TRUE;
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                "--shard %s: expected K/N with K from 1 to N, and N at most %u", text, SHARDS_MAX);
    return FALSE;
}

static char **chosen_arguments(const PlaylistAsked *asked, GError **error)
{
    static const char *const one[] = { CATALOGUE_DEFAULT, NULL };

    if (asked->all || asked->tags != NULL) {
        return catalogue_names(CATALOGUE_SCENARIOS, error);
    }
    return g_strdupv(asked->scenarios != NULL ? (char **)asked->scenarios : (char **)one);
}

/* "debian-6.12/window-grows", with "~2" behind it for the second of several times */
static char *origin_name(const ResultOrigin *origin, guint repeat)
{
    g_autofree char *behind =
        repeat > 1 ? g_strdup_printf("~%u", origin->repetition) : g_strdup("");

    return g_strconcat(origin->platform->label, origin->scenario, behind, NULL);
}

static char *origin_reproduce(const ResultOrigin *origin, const char *argument,
                              const PlaylistAsked *asked)
{
    GString *text = g_string_new("barshift run");

    if (origin->platform->disk == NULL) {
        g_string_append(text, " --kernel");
        shell_append_word(text, origin->platform->kernel_word);
    }
    if (asked->name_qemu) {
        g_string_append(text, " --qemu");
        shell_append_word(text, origin->platform->qemu);
    }
    g_string_append_printf(text, " --accel %s%s", origin->platform->accel, asked->options);
    shell_append_word(text, argument);
    return g_string_free(text, FALSE);
}

static void add_plays(Playlist *playlist, const PlaylistAsked *asked, const char *argument,
                      Scenario *scenario, const GError *error)
{
    for (guint i = 0; i < asked->platforms->len * asked->repeat; i++) {
        Play *play = g_new0(Play, 1);

        play->scenario = scenario;
        play->error = error == NULL ? NULL : g_error_copy(error);
        play->argument = g_strdup(argument);
        play->origin = (ResultOrigin) {
            .scenario = g_strdup(scenario == NULL ? argument : scenario->name),
            .platform = g_ptr_array_index(asked->platforms, i / asked->repeat),
            .repetition = i % asked->repeat + 1,
        };
        play->origin.name = origin_name(&play->origin, asked->repeat);
        play->origin.reproduce = origin_reproduce(&play->origin, argument, asked);
        g_ptr_array_add(playlist->plays, play);
    }
}

static void load(Playlist *playlist, const PlaylistAsked *asked, const char *given)
{
    g_auto(GStrv) tags = g_strsplit(asked->tags == NULL ? "" : asked->tags, ",", -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scenarios = scenario_find_all(given, &error);

    if (scenarios == NULL) {
        add_plays(playlist, asked, given, NULL, error);
        return;
    }
    while (scenarios->len > 0) {
        g_autoptr(Scenario) scenario = g_ptr_array_steal_index(scenarios, 0);
        g_autofree char *argument = scenario_argument(scenario, given);

        if (!scenario_has_tags(scenario, (const char *const *)tags)) {
            continue;
        }
        if (asked->driver != NULL) {
            scenario_set_driver_model(scenario, asked->driver);
        }
        add_plays(playlist, asked, argument, scenario, NULL);
        g_ptr_array_add(playlist->scenarios, g_steal_pointer(&scenario));
    }
}

static void take_shard(GPtrArray *plays, guint shard, guint shards)
{
    for (guint i = plays->len; i > 0; i--) {
        if ((i - 1) % shards != shard - 1) {
            g_ptr_array_remove_index(plays, i - 1);
        }
    }
}

/* Without anybody whom it concerns --driver would seem to have been tried. */
static gboolean check_driver(const Playlist *playlist, const char *driver, GError **error)
{
    for (guint i = 0; i < playlist->plays->len; i++) {
        const Play *play = g_ptr_array_index(playlist->plays, i);

        if (play->scenario == NULL || scenario_has_driver(play->scenario)) {
            return TRUE; /* a scenario that cannot be read is an error of its own */
        }
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                "--driver %s: no function has a driver there; take a scenario whose functions have "
                "the key 'driver', such as pnp-fragmented-hole", driver);
    return FALSE;
}

Playlist *playlist_new(const PlaylistAsked *asked, GError **error)
{
    g_autoptr(Playlist) playlist = g_new0(Playlist, 1);
    g_auto(GStrv) arguments = chosen_arguments(asked, error);

    playlist->scenarios = g_ptr_array_new_with_free_func((GDestroyNotify)scenario_free);
    playlist->plays = g_ptr_array_new_with_free_func((GDestroyNotify)play_free);
    for (guint i = 0; arguments != NULL && arguments[i] != NULL; i++) {
        load(playlist, asked, arguments[i]);
    }
    if (arguments == NULL) {
        return NULL;
    }
    if (playlist->plays->len == 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "--tag %s: no scenario has all of these; 'barshift list' tells them",
                    asked->tags);
        return NULL;
    }
    if (asked->driver != NULL && !check_driver(playlist, asked->driver, error)) {
        return NULL;
    }
    take_shard(playlist->plays, asked->shard, asked->shards);
    return g_steal_pointer(&playlist);
}

void playlist_free(Playlist *playlist)
{
    if (playlist != NULL) {
        g_ptr_array_unref(playlist->plays);
        g_ptr_array_unref(playlist->scenarios);
        g_free(playlist);
    }
}
