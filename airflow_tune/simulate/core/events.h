/* What happens later, the soonest first. */

#ifndef AIRFLOW_TUNE_EVENTS_H
#define AIRFLOW_TUNE_EVENTS_H

#include "sim.h"

static void push(sim *m, double at, row kind, row worker_at, row what) {
    if (m->event_count == m->event_room) {
        big room = m->event_room * 2;
        event *grown = realloc(m->events, (size_t)room * sizeof *grown);
        if (!grown) { m->failed = 1; return; }
        m->events = grown;
        m->event_room = room;
    }
    event new = {at, ++m->pushed, kind, worker_at, what};
    big i = m->event_count++;
    while (i) {
        big above = (i - 1) / 2;
        if (m->events[above].at < at || (m->events[above].at == at && m->events[above].count < new.count)) break;
        m->events[i] = m->events[above];
        i = above;
    }
    m->events[i] = new;
}

static int sooner(const event *a, const event *b) { return a->at < b->at || (a->at == b->at && a->count < b->count); }

static event pop_event(sim *m) {
    event first = m->events[0], last = m->events[--m->event_count];
    big i = 0, size = m->event_count;
    for (;;) {
        big below = 2 * i + 1;
        if (below >= size) break;
        if (below + 1 < size && sooner(&m->events[below + 1], &m->events[below])) below++;
        if (!sooner(&m->events[below], &last)) break;
        m->events[i] = m->events[below];
        i = below;
    }
    m->events[i] = last;
    return first;
}

#endif
