/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-layout.h"

#include "built.h"
#include "catalogue.h"
#include "error.h"
#include "layout-probe.h"
#include "layout-text.h"

#include <stdio.h>

static struct {
    char *qemu;
    gboolean json;
    char **words;
} given;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &given.json, "With show: print JSON", NULL },
    { "qemu", 0, 0, G_OPTION_ARG_FILENAME, &given.qemu,
      "QEMU to use (default: the one the device was built for)", "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.words, NULL,
      "list | show LAYOUT | check [LAYOUT...] | qemu-args LAYOUT" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

/* What a subcommand does with each of the layouts that it is given. */
typedef gboolean (*LayoutAction)(Layout *layout, GCancellable *cancellable, GError **error);

static JsonNode *probe(Layout *layout, GCancellable *cancellable, GError **error)
{
    const MachineParts parts = {
        .qemu = given.qemu != NULL ? given.qemu : BARSHIFT_QEMU,
        .device = BARSHIFT_DEVICE,
    };

    return built_check(parts.device, error) ? layout_probe(layout, &parts, cancellable, error)
                                            : NULL;
}

static gboolean list_one(Layout *layout, GCancellable *cancellable, GError **error)
{
    (void)cancellable;
    (void)error;
    printf("%-20s %s\n", layout->name, layout->title);
    return TRUE;
}

static gboolean show_one(Layout *layout, GCancellable *cancellable, GError **error)
{
    g_autoptr(JsonNode) ledger = probe(layout, cancellable, error);
    g_autofree char *text = NULL;

    if (ledger == NULL) {
        return FALSE;
    }
    if (given.json) {
        g_autoptr(JsonNode) node = layout_json(layout, ledger);
        g_autofree char *json = json_to_string(node, TRUE);

        text = g_strdup_printf("%s\n", json);
    } else {
        text = layout_text(layout, ledger);
    }
    fputs(text, stdout);
    return TRUE;
}

static gboolean check_one(Layout *layout, GCancellable *cancellable, GError **error)
{
    g_autoptr(JsonNode) ledger = probe(layout, cancellable, error);

    if (ledger != NULL) {
        printf("%s: no errors\n", layout->path);
    }
    return ledger != NULL;
}

static gboolean print_option(Layout *layout, GCancellable *cancellable, GError **error)
{
    g_autofree char *option = machine_layout_option(layout);

    (void)cancellable;
    (void)error;
    printf("%s\n", option);
    return TRUE;
}

static const struct {
    const char *name;
    LayoutAction action;
    guint least, most; /* how many layouts it takes; with none given all are meant */
} subcommands[] = {
    { "list", list_one, 0, 0 },
    { "show", show_one, 1, 1 },
    { "check", check_one, 0, G_MAXUINT },
    { "qemu-args", print_option, 1, 1 },
};

static int fail(const GError *error)
{
    runner_error_print(error);
    return error->code;
}

static int each(LayoutAction action, char *const *arguments, GCancellable *cancellable)
{
    int status = 0;

    for (guint i = 0; arguments[i] != NULL && status != RUNNER_ERROR_INTERRUPTED; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = catalogue_path(CATALOGUE_LAYOUTS, arguments[i], &error);
        g_autoptr(Layout) layout = path == NULL ? NULL : layout_load(path, &error);

        if (layout == NULL || !action(layout, cancellable, &error)) {
            status = fail(error);
        }
    }
    return status;
}

static gboolean parse(int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) cause = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context,
        "Tells about layouts, by name or file; check looks at all when none is given.");
    if (!g_option_context_parse(context, &argc, &argv, &cause)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s; see 'barshift layout --help'",
                    cause->message);
        return FALSE;
    }
    return TRUE;
}

/* Index into subcommands of what the words ask for; -1 with an error when they ask for none. */
static int find_subcommand(char *const *words, GError **error)
{
    guint count = words == NULL ? 0 : g_strv_length((char **)words);

    for (guint i = 0; count != 0 && i < G_N_ELEMENTS(subcommands); i++) {
        if (g_str_equal(words[0], subcommands[i].name) && count - 1 >= subcommands[i].least &&
            count - 1 <= subcommands[i].most) {
            return (int)i;
        }
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                "layout: expected list, show LAYOUT, check [LAYOUT...] or qemu-args LAYOUT");
    return -1;
}

int command_layout(int argc, char **argv, GCancellable *cancellable)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = NULL;
    int index = parse(argc, argv, &error) ? find_subcommand(given.words, &error) : -1;

    if (index < 0) {
        return fail(error);
    }
    if (given.words[1] != NULL) {
        return each(subcommands[index].action, given.words + 1, cancellable);
    }
    names = catalogue_names(CATALOGUE_LAYOUTS, &error);
    return names == NULL ? fail(error) : each(subcommands[index].action, names, cancellable);
}
