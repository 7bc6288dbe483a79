/* Intervals less what follows any of some moments; both are sorted, and intervals are apart. */

#ifndef AIRFLOW_TUNE_LOOKS_H
#define AIRFLOW_TUNE_LOOKS_H

#include "level.h"

typedef struct {
    big intervals, moments, width;
    const big *begin, *end, *moment;
    big *left_begin, *left_end;
} less;

/* Writes what is left, and returns how many intervals that are. */
big airflow_tune_without(const less *l) {
    big count = 0, next = 0;
    for (big one = 0; one < l->intervals; one++) {
        big begin = l->begin[one], end = l->end[one];
        while (next < l->moments && l->moment[next] + l->width <= begin) next++;
        for (big at = next; at < l->moments && l->moment[at] < end && begin < end; at++) {
            if (l->moment[at] > begin) l->left_begin[count] = begin, l->left_end[count++] = l->moment[at];
            begin = l->moment[at] + l->width;
        }
        if (begin < end) l->left_begin[count] = begin, l->left_end[count++] = end;
    }
    return count;
}

#endif
