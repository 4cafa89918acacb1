/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "import-command.h"

int main(int argc, char **argv)
{
    return import_command(argc, argv);
}
