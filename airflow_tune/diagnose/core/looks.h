/* What looks of the scheduler do to intervals: both are sorted, and intervals are apart. */

#ifndef AIRFLOW_TUNE_LOOKS_H
#define AIRFLOW_TUNE_LOOKS_H

#include "search.h"

typedef struct {
    big intervals, moments, width;
    const big *begin, *end, *moment;
    big *left_begin, *left_end;
} less;

/* Writes of intervals less what follows any of the moments what is left, and returns how many intervals that are. */
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

typedef struct {
    big intervals, looks;
    const big *end, *look;
    big *later;
} waiting;

/* Moves `later` of each interval forward to the first look at its end or after it, where that is sooner. */
big airflow_tune_next(const waiting *w) {
    big near = 0;
    for (big one = 0; one < w->intervals; one++) {
        near = first_after(w->look, 0, w->looks, w->end[one] - 1, near);
        if (near < w->looks && w->look[near] < w->later[one]) w->later[one] = w->look[near];
    }
    return 0;
}

#endif
