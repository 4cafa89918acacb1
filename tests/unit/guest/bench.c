/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bench.h"

int bench_setup(void **state)
{
    Bench *bench = calloc(1, sizeof(*bench));

    assert_non_null(bench);
    fake_tree_init(&bench->tree);
    *state = bench;
    return 0;
}

void player_end(Bench *bench)
{
    if (bench->player > 0) {
        kill(bench->player, SIGKILL);
        waitpid(bench->player, NULL, 0);
        bench->player = 0;
    }
}

int bench_teardown(void **state)
{
    Bench *bench = *state;

    player_end(bench);
    fake_tree_deinit(&bench->tree);
    free(bench);
    return 0;
}

bool player_begin(Bench *bench)
{
    bench->player = fork();
    assert_int_not_equal(bench->player, -1);
    if (bench->player == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        return true;
    }
    return false;
}

uint64_t from_now(uint64_t time_ns)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec + time_ns;
}
