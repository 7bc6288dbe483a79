/* sharing.py: hosts whose running stints share the cores. */

#ifndef AIRFLOW_TUNE_SHARING_H
#define AIRFLOW_TUNE_SHARING_H

#include "sim.h"

#include <math.h>

#define MOST_STEPS 40
#define ENOUGH 1e-12

static double slowdown(const sim *m, const host *h) {
    double wanted = 0.0, s = 1.0;
    for (big k = 0; k < m->s->demands; k++) wanted += (double)h->count[k] * m->s->demand_cores[k];
    if (wanted <= h->cores) return 1.0;
    for (int i = 0; i < MOST_STEPS; i++) {
        double used = 0.0, slope = 0.0;
        for (big k = 0; k < m->s->demands; k++) {
            double demand = m->s->demand_cores[k], share = demand < 1.0 ? demand : 1.0;
            double pace = (1.0 - share) + share * s;
            used += (double)h->count[k] * demand / pace;
            slope += (double)h->count[k] * demand * share / (pace * pace);
        }
        double step = (used - h->cores) / slope;
        s += step;
        if (step <= ENOUGH * s) break;
    }
    return s;
}

static void advance(sim *m, big number, double now) {
    host *h = &m->hosts[number];
    double passed = now - h->at;
    if (h->is_short) m->o->short_s[number] += passed;
    for (big k = 0; k < m->s->demands; k++) h->clock[k] += h->rate[k] * passed;
    h->at = now;
}

static int before(const working *a, const working *b) {
    return a->end < b->end || (a->end == b->end && a->count < b->count);
}

static void join(sim *m, big number, row one, big k, double work) {
    host *h = &m->hosts[number];
    if (h->count[k] == h->room[k]) {
        big room = h->room[k] ? 2 * h->room[k] : 16;
        working *grown = realloc(h->running[k], (size_t)room * sizeof *grown);
        if (!grown) { m->failed = 1; return; }
        h->running[k] = grown;
        h->room[k] = room;
    }
    working new = {h->clock[k] + work, ++h->joined, one};
    big i = h->count[k]++;
    while (i && before(&new, &h->running[k][(i - 1) / 2])) {
        h->running[k][i] = h->running[k][(i - 1) / 2];
        i = (i - 1) / 2;
    }
    h->running[k][i] = new;
    h->bytes += m->s->demand_bytes[k];
    if (h->bytes > m->o->peak_bytes[number]) m->o->peak_bytes[number] = h->bytes;
}

static row leave(sim *m, big number) {
    host *h = &m->hosts[number];
    big k = h->soonest, i = 0, size = --h->count[k];
    working first = h->running[k][0], last = h->running[k][size];
    for (;;) {
        big below = 2 * i + 1;
        if (below >= size) break;
        if (below + 1 < size && before(&h->running[k][below + 1], &h->running[k][below])) below++;
        if (!before(&h->running[k][below], &last)) break;
        h->running[k][i] = h->running[k][below];
        i = below;
    }
    h->running[k][i] = last;
    h->bytes -= m->s->demand_bytes[k];
    if (first.end > h->clock[k]) h->clock[k] = first.end;
    return first.what;
}

static double settle(const sim *m, host *h) {
    double s = slowdown(m, h), soonest = INFINITY;
    h->is_short = s > 1.0;
    h->soonest = -1;
    for (big k = 0; k < m->s->demands; k++) {
        double demand = m->s->demand_cores[k], share = demand < 1.0 ? demand : 1.0;
        h->rate[k] = 1.0 / ((1.0 - share) + share * s);
        if (!h->count[k]) continue;
        double left = h->running[k][0].end - h->clock[k];
        double at = h->at + (left > 0.0 ? left : 0.0) / h->rate[k];
        if (at < soonest) { soonest = at; h->soonest = (row)k; }
    }
    return soonest;
}

#endif
