/* crew.py: executors and their workers, to a busy slot and its release. */

#ifndef AIRFLOW_TUNE_CREW_H
#define AIRFLOW_TUNE_CREW_H

#include "draw.h"
#include "events.h"
#include "lists.h"

static int bounded(const sim *m, row executor) { return !(m->s->fifo && m->s->kind[executor] == LOCAL); }

static row channel_of(const sim *m, big scheduler, row executor, row queue) {
    big queues = m->p->queues ? m->p->queues : 1;
    return m->channel_at[(scheduler * m->p->executors + executor) * queues + queue];
}

static void push_free(sim *m, double end, row one, row worker_at) {
    const system_t *s = m->s;
    uint64_t stint = (uint64_t)m->stint[one];
    double tail = s->tail_slow_s;
    if (!(uniform(m->seed, DRAW_SLOW, stint) < s->tail_slow_share))
        tail = quantile(s->tail, s->tail_size, uniform(m->seed, DRAW_TAIL, stint));
    push(m, end + tail, FREE, worker_at, one);
}

static void run_stint(sim *m, row one, row worker_at, double now) {
    const system_t *s = m->s;
    row stint = m->stint[one];
    double start = now + quantile(s->start, s->start_size, uniform(m->seed, DRAW_START, (uint64_t)stint));
    m->o->start[stint] = start;
    if (s->demands && worker_at >= 0) {
        m->on_host[one] = worker_at;
        push(m, start, BEGIN, -1, one);
        return;
    }
    double end = start + m->p->work_s[stint];
    m->o->end[stint] = end;
    push(m, end, END, -1, one);
    push_free(m, end, one, worker_at);
}

static void deliver(sim *m, row channel, double now) {
    list *line = &m->channels[channel];
    while (line->size) {
        row chosen = -1;
        big room = 0;
        for (row i = m->listener_first[channel]; i < m->listener_first[channel + 1]; i++) {
            worker *w = &m->workers[m->listeners[i]];
            if (w->held < w->reserve && (chosen < 0 || w->concurrency - w->held > room)) {
                chosen = m->listeners[i];
                room = w->concurrency - w->held;
            }
        }
        if (chosen < 0) return;
        worker *w = &m->workers[chosen];
        w->held++;
        row one = pop(m, line);
        if (w->busy < w->concurrency) { w->busy++; run_stint(m, one, chosen, now); }
        else append(m, &w->prefetched, one);
    }
}

static void release(sim *m, row number, double now) {
    worker *w = &m->workers[number];
    w->busy--;
    w->held--;
    if (w->prefetched.size) { w->busy++; run_stint(m, pop(m, &w->prefetched), number, now); }
    for (row i = 0; i < w->channels; i++) deliver(m, m->worker_channels[w->first_channel + i], now);
}

static void send_one(sim *m, row one, big scheduler, double now) {
    row cell = m->p->cell_of[one], executor = m->p->executor_of[cell];
    if (bounded(m, executor)) m->occupied[scheduler * m->p->executors + executor]++;
    if (m->s->kind[executor] == KUBERNETES) { append(m, &m->pods[scheduler], one); return; }
    row channel = channel_of(m, scheduler, executor, m->p->queue_of[cell]);
    append(m, &m->channels[channel], one);
    deliver(m, channel, now);
}

static int full(const sim *m, row one, big scheduler) {
    row cell = m->p->cell_of[one], executor = m->p->executor_of[cell];
    if (bounded(m, executor) || !m->s->pipe) return 0;
    return m->channels[channel_of(m, scheduler, executor, m->p->queue_of[cell])].size >= m->s->pipe;
}

static void make_pods(sim *m, big scheduler, double now) {
    for (row e = 0; e < m->p->executors; e++) {
        if (m->s->kind[e] != KUBERNETES) continue;
        big most = m->s->pods_per_loop[e], size = m->pods[scheduler].size;
        for (big i = 0; i < most && i < size; i++) run_stint(m, pop(m, &m->pods[scheduler]), -1, now);
    }
}

static int read_done(sim *m, big scheduler) {
    int freed = 0;
    for (row e = 0; e < m->p->executors; e++) {
        big *done = &m->done[scheduler * m->p->executors + e];
        freed |= *done > 0;
        m->occupied[scheduler * m->p->executors + e] -= *done;
        *done = 0;
    }
    return freed;
}

#endif
