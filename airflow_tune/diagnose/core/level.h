/* Levels from sorted events, as levels.py packs them: a place on the axis of all groups in the high bits, a
   change (raised by half of what the low `bits` hold) in the low ones. */

#ifndef AIRFLOW_TUNE_LEVEL_H
#define AIRFLOW_TUNE_LEVEL_H

#include <stdint.h>

typedef int64_t big;

typedef struct {
    const big *event;
    big bits;
    const big *first; /* of each group, and the end of the last one */
    const big *shift; /* from a group's places to times */
    big groups;
} levels;

/* What is asked: thresholds of groups; `begin` and `end` are filled one ask after the other, `count` of each. */
typedef struct {
    big asks;
    const big *group, *threshold;
    big *begin, *end, *count;
} asked;

typedef struct {
    big *peak; /* of each group */
} peaks;

static inline big change_of(const levels *l, big at) {
    return (l->event[at] & (((big)1 << l->bits) - 1)) - ((big)1 << (l->bits - 1));
}

/* Of several events at one moment only what they lead to counts. */
static inline int settled(const levels *l, big at, big stop) {
    return at + 1 == stop || l->event[at] >> l->bits != l->event[at + 1] >> l->bits;
}

static big above_one(const levels *l, big group, big threshold, big *begin, big *end) {
    big level = 0, count = 0, stop = l->first[group + 1];
    int over = 0;
    for (big at = l->first[group]; at < stop; at++) {
        level += change_of(l, at);
        if ((level > threshold) == over || !settled(l, at, stop)) continue;
        big time = (l->event[at] >> l->bits) + l->shift[group];
        if (over) end[count++] = time; else begin[count] = time;
        over = !over;
    }
    return count;
}

/* Writes from when to when each group asked for was above its threshold; returns how many spans there are. */
big airflow_tune_above(const levels *l, const asked *a) {
    big all = 0;
    for (big ask = 0; ask < a->asks; ask++) {
        a->count[ask] = above_one(l, a->group[ask], a->threshold[ask], a->begin + all, a->end + all);
        all += a->count[ask];
    }
    return all;
}

/* Writes the highest level of each group, 0 where it has none above that. */
big airflow_tune_peaks(const levels *l, const peaks *p) {
    for (big group = 0; group < l->groups; group++) {
        big level = 0, most = 0, stop = l->first[group + 1];
        for (big at = l->first[group]; at < stop; at++) {
            level += change_of(l, at);
            if (level > most && settled(l, at, stop)) most = level;
        }
        p->peak[group] = most;
    }
    return 0;
}

#endif
