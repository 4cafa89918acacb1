/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "variables.h"

#include "error.h"

#include <string.h>

#define NAME_CHARACTERS G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_"

gboolean variable_name_is_valid(const char *name)
{
    return g_ascii_isalpha(name[0]) && strspn(name, NAME_CHARACTERS) == strlen(name);
}

/* The name behind a dollar, and the text behind that; NULL when no name is there. */
static char *take_name(const char **text)
{
    gboolean braced = **text == '{';
    const char *start = *text + (braced ? 1 : 0);
    g_autofree char *name = g_strndup(start, strspn(start, NAME_CHARACTERS));
    const char *end = start + strlen(name);

    if (!variable_name_is_valid(name) || (braced && *end != '}')) {
        return NULL;
    }
    *text = end + (braced ? 1 : 0);
    return g_steal_pointer(&name);
}

char **variables_in(const char *text, GError **error)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    while ((text = strchr(text, '$')) != NULL) {
        g_autofree char *name = NULL;

        text++;
        if (*text == '$') {
            text++;
            continue;
        }
        name = take_name(&text);
        if (name == NULL) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                        "no name of a variable behind '$'; a dollar is $$");
            return NULL;
        }
        g_strv_builder_add(names, name);
    }
    return g_strv_builder_end(names);
}

static const char *value_of(const char *name, char *const *values)
{
    gsize length = strlen(name);

    while (strncmp(*values, name, length) != 0 || (*values)[length] != '=') {
        values++;
    }
    return *values + length + 1;
}

char *variables_replace(const char *text, char *const *values)
{
    GString *result = g_string_new(NULL);
    const char *dollar;

    while ((dollar = strchr(text, '$')) != NULL) {
        g_autofree char *name = NULL;

        g_string_append_len(result, text, dollar - text);
        text = dollar + 1;
        if (*text == '$') {
            g_string_append_c(result, '$');
            text++;
            continue;
        }
        name = take_name(&text);
        g_string_append(result, value_of(name, values));
    }
    g_string_append(result, text);
    return g_string_free(result, FALSE);
}
