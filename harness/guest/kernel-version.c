/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel-version.h"

#include <stdio.h>
#include <string.h>

static const char digits[] = "0123456789";
static const char distribution[] = "Debian ";

/* How long the dotted number is that @text begins with: "6.1.192" of "6.1.192-2". */
static size_t dotted_length(const char *text)
{
    size_t length = strspn(text, digits);

    while (length != 0 && text[length] == '.' && strspn(text + length + 1, digits) != 0) {
        length += 1 + strspn(text + length + 1, digits);
    }
    return length;
}

void kernel_version(const struct utsname *name, char *version, size_t size_bytes)
{
    const char *word = strstr(name->version, distribution);
    const char *source = word == NULL ? "" : word + strlen(distribution);

    if (dotted_length(source) == 0) {
        source = name->release;
    }
    snprintf(version, size_bytes, "%.*s", (int)dotted_length(source), source);
}
