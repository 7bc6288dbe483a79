/* draw.py: the same seed and place give the same number. */

#ifndef AIRFLOW_TUNE_DRAW_H
#define AIRFLOW_TUNE_DRAW_H

#include "input.h"

static double uniform(uint64_t seed, uint64_t kind, uint64_t place) {
    const uint64_t golden = 0x9E3779B97F4A7C15ULL;
    uint64_t mixed = ((seed * 4 + kind) * ((uint64_t)1 << 40) + place) * golden + golden;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return (double)((mixed ^ (mixed >> 31)) >> 11) * 0x1p-53;
}

static double quantile(const double *table, big size, double share) {
    double at = share * (double)(size - 1);
    big low = (big)at;
    if (low + 1 >= size) return table[size - 1];
    return table[low] + (table[low + 1] - table[low]) * (at - (double)low);
}

#endif
