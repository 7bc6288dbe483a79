/* Stretches of time shared out among limits that are asked in turn, stretch by stretch: what no limit took so
   far is a list of pieces, and each limit takes what of them lies within its intervals. */

#ifndef AIRFLOW_TUNE_CHARGE_H
#define AIRFLOW_TUNE_CHARGE_H

#include "search.h"

#define PIECES 32
#define STEPS 256

typedef struct {
    const big *begin, *end, *first; /* intervals, and where those of each group begin */
    const int32_t *group;           /* of each try, -1 for none */
    big step;                       /* 0 where all tries are of one group */
    big near;                       /* the interval that was met last */
} limit;

typedef struct {
    big count, before_queued, before_start; /* stretches, and limits of both kinds, in this order */
    const int32_t *row;
    const big *scheduled, *queued, *start;
    const int8_t *lost;
    big *spent; /* limit × stretch */
    big *left_queued, *left_start;
    int8_t *spared;
} stretches;

typedef struct {
    big begin[PIECES], end[PIECES];
    int count;
} pieces;

/* What is free, what the next limit leaves of it, and how many intervals more may be met. */
typedef struct {
    pieces *free, *rest;
    int steps;
} sharing;

static void put(sharing *s, big begin, big end) {
    if (begin >= end) return;
    if (s->rest->count == PIECES) { s->steps = -1; return; }
    s->rest->begin[s->rest->count] = begin;
    s->rest->end[s->rest->count++] = end;
}

/* Takes from what is free what lies within intervals `at` to before `stop`, and returns how much that is. */
static big take(sharing *s, const limit *l, big at, big stop) {
    big taken = 0;
    s->rest->count = 0;
    for (int piece = 0; piece < s->free->count && s->steps >= 0; piece++) {
        big begin = s->free->begin[piece], end = s->free->end[piece];
        for (; at < stop && l->begin[at] < end && s->steps >= 0; at++, s->steps--) {
            if (l->end[at] <= begin) continue;
            put(s, begin, l->begin[at]);
            if (l->begin[at] > begin) begin = l->begin[at];
            big upto = l->end[at] < end ? l->end[at] : end;
            taken += upto - begin;
            begin = upto;
            if (begin == end) break; /* this interval may reach into the next piece */
        }
        put(s, begin, end);
    }
    pieces *rest = s->rest;
    s->rest = s->free, s->free = rest;
    return taken;
}

static big ask(sharing *s, limit *l, int32_t row) {
    big group = l->group[row * l->step];
    if (group < 0 || !s->free->count) return 0;
    big stop = l->first[group + 1];
    l->near = first_after(l->end, l->first[group], stop, s->free->begin[0], l->near);
    int met = l->near < stop && l->begin[l->near] < s->free->end[s->free->count - 1];
    return met ? take(s, l, l->near, stop) : 0;
}

static void begin_with(sharing *s, big begin, big end) {
    s->free->begin[0] = begin, s->free->end[0] = end;
    s->free->count = begin < end;
}

static big left(const sharing *s) {
    big sum = 0;
    for (int piece = 0; piece < s->free->count; piece++) sum += s->free->end[piece] - s->free->begin[piece];
    return sum;
}

/* Shares out one stretch; returns 0 where it meets more intervals than are gone through one by one. */
static int share_out(const stretches *w, limit *limits, big at, sharing *s) {
    big lost = w->lost[at], row = w->row[at], all = w->before_queued + w->before_start, one = 0;
    s->steps = STEPS;
    begin_with(s, w->scheduled[at], lost ? w->start[at] : w->queued[at]);
    for (; one < w->before_queued; one++) w->spent[one * w->count + at] = ask(s, &limits[one], row);
    if (!lost) {
        w->left_queued[at] = left(s);
        begin_with(s, w->queued[at], w->start[at]);
    }
    for (; one < all; one++) w->spent[one * w->count + at] = ask(s, &limits[one], row);
    if (lost) w->left_queued[at] = left(s), w->left_start[at] = 0;
    else w->left_start[at] = left(s);
    return s->steps >= 0;
}

static void spare(const stretches *w, big at) {
    for (big one = 0; one < w->before_queued + w->before_start; one++) w->spent[one * w->count + at] = 0;
    w->left_queued[at] = w->left_start[at] = 0;
    w->spared[at] = 1;
}

/* Writes what each limit took of each stretch, and what was left up to queued and up to start. A stretch that
   meets many intervals is spared, and the other one of its try, which stands beside it: another way is cheaper
   for them. Returns whether there are such. */
big airflow_tune_charge(const stretches *w, limit *limits) {
    pieces both[2];
    sharing s = {&both[0], &both[1], 0};
    big any = 0;
    for (big at = 0; at < w->count; at++) {
        int again = at > 0 && w->row[at - 1] == w->row[at];
        w->spared[at] = 0;
        if (share_out(w, limits, at, &s) && !(again && w->spared[at - 1])) continue;
        spare(w, at);
        if (again) spare(w, at - 1);
        any = 1;
    }
    return any;
}

#endif
