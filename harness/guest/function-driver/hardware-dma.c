/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "hardware-part.h"

int hardware_dma_prepare(Hardware *hardware, char *why)
{
    int result;

    if (hardware->dma_ready) {
        return 0;
    }
    if (!hardware->setup.ops->dma_map) {
        return hardware_complain(hardware, -EOPNOTSUPP, "no DMA through this back end", why);
    }
    result = hardware->setup.ops->dma_map(hardware->back_end, hardware->dma_memory,
                                          HARDWARE_PAGE_SIZE, &hardware->dma_address, why);
    hardware->dma_ready = result == 0;
    return result;
}

int hardware_dma_unprepare(Hardware *hardware, char *why)
{
    if (!hardware->dma_ready) {
        return 0;
    }
    hardware->dma_ready = false;
    return hardware->setup.ops->dma_unmap(hardware->back_end, hardware->dma_memory,
                                          HARDWARE_PAGE_SIZE, why);
}

int hardware_dma_run(Hardware *hardware, uint64_t *count, char *why)
{
    int nr = hardware->function.control_bar;
    int result = hardware_read(hardware, nr, BARSHIFT_DMA_STEPS, count);

    if (result == 0) {
        result = hardware_read(hardware, nr, BARSHIFT_DMA_FAILED, &hardware->dma_failed);
    }
    if (result < 0 || !hardware->dma_ready) {
        return hardware_complain(hardware, -ENXIO, "its DMA is not prepared", why);
    }
    *(volatile uint64_t *)hardware->dma_memory = *count;
    hardware_write(hardware, nr, BARSHIFT_DMA_SOURCE, BARSHIFT_DMA_COUNTER);
    hardware_write(hardware, nr, BARSHIFT_DMA_DESTINATION, hardware->dma_address);
    hardware_control_write(hardware, BARSHIFT_DMA_LENGTH, sizeof(uint64_t));
    hardware_control_write(hardware, BARSHIFT_DMA_PERIOD, HARDWARE_STREAM_PERIOD_MS * 1000000u);
    hardware_control_write(hardware, BARSHIFT_DMA_COMMAND, BARSHIFT_DMA_STREAM);
    hardware->dma_runs = true;
    return 0;
}

int hardware_dma_stop(Hardware *hardware, char *why)
{
    int result;

    if (!hardware->dma_runs) {
        return 0;
    }
    hardware->dma_runs = false;
    result = hardware_control_write(hardware, BARSHIFT_DMA_COMMAND, BARSHIFT_DMA_STOP);
    return result < 0 ? hardware_complain(hardware, result, "its DMA cannot be stopped", why) : 0;
}

uint64_t hardware_dma_count(const Hardware *hardware)
{
    return *(const volatile uint64_t *)hardware->dma_memory;
}

int hardware_dma_agrees(Hardware *hardware, bool *agrees)
{
    int nr = hardware->function.control_bar;
    uint64_t steps = 0;
    uint64_t failed = 0;
    int result = hardware_read(hardware, nr, BARSHIFT_DMA_STEPS, &steps);

    if (result == 0) {
        result = hardware_read(hardware, nr, BARSHIFT_DMA_FAILED, &failed);
    }
    if (result == 0) {
        *agrees = hardware_dma_count(hardware) >= steps && failed == hardware->dma_failed;
    }
    return result;
}
