/* Searching sorted moments from where the last search ended: the next one is most often near. */

#ifndef AIRFLOW_TUNE_SEARCH_H
#define AIRFLOW_TUNE_SEARCH_H

#include "level.h"

/* Returns the first place from `low` to before `high` whose moment is after `time`, looking from `near` on. */
static big first_after(const big *moment, big low, big high, big time, big near) {
    big step = 1;
    if (near < low || near >= high) near = low;
    if (near < high && moment[near] <= time) {
        for (low = near + 1; low + step < high && moment[low + step] <= time; step *= 2) low += step + 1;
        if (low + step < high) high = low + step;
    } else {
        for (high = near; high - step >= low && moment[high - step] > time; step *= 2) high -= step;
        if (high - step >= low) low = high - step + 1;
    }
    while (low < high) {
        big middle = low + (high - low) / 2;
        if (moment[middle] > time) high = middle; else low = middle + 1;
    }
    return low;
}

#endif
