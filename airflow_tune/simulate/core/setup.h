/* Setting up and taking down. */

#ifndef AIRFLOW_TUNE_SETUP_H
#define AIRFLOW_TUNE_SETUP_H

#include "loop.h"

#include <string.h>

static void graph(sim *m) {
    const plan *p = m->p;
    row edges = p->first_upstream[p->tasks];
    NEW(m, first_down, p->tasks + 2);
    NEW(m, down, edges);
    if (m->failed) return;
    for (row i = 0; i < edges; i++) m->first_down[p->upstream[i] + 2]++;
    for (big t = 2; t <= p->tasks + 1; t++) m->first_down[t] += m->first_down[t - 1];
    for (row t = 0; t < p->tasks; t++)
        for (row i = p->first_upstream[t]; i < p->first_upstream[t + 1]; i++)
            m->down[m->first_down[p->upstream[i] + 1]++] = t;
}

static void rank_all(sim *m) {
    const plan *p = m->p;
    row *at_place = take_memory(m, p->instances, sizeof *at_place), *next = take_memory(m, p->pools, sizeof *next);
    if (m->failed) { free(at_place); free(next); return; }
    for (row i = 0; i < p->instances; i++) {
        at_place[p->order[i]] = i;
        m->pool_base[p->pool_of[p->cell_of[i]] + 1]++;
    }
    for (big pool = 0; pool < p->pools; pool++) {
        m->pool_base[pool + 1] += m->pool_base[pool];
        next[pool] = m->pool_base[pool];
    }
    for (row place = 0; place < p->instances; place++) {
        row one = at_place[place], at = next[p->pool_of[p->cell_of[one]]]++;
        m->rank[one] = at;
        m->at_rank[at] = one;
    }
    free(at_place);
    free(next);
    big words = p->instances;
    do {
        words = (words + 63) / 64;
        m->words[m->levels] = words;
        m->bits[m->levels++] = take_memory(m, words, sizeof(uint64_t));
    } while (words > 1 && m->levels < LEVELS);
}

/* Channels: LocalExecutor has one in every scheduler, Celery one for each queue. */
static void hire(sim *m) {
    const plan *p = m->p;
    const system_t *s = m->s;
    big queues = p->queues ? p->queues : 1, most = s->schedulers * p->executors + p->executors * queues;
    big workers = s->worker_count + s->schedulers * p->executors;
    NEW(m, channel_at, s->schedulers * p->executors * queues);
    NEW(m, channels, most);
    NEW(m, workers, workers);
    NEW(m, listener_first, most + 1);
    NEW(m, worker_channels, s->worker_count * queues + s->schedulers * p->executors);
    NEW(m, listeners, s->worker_count * queues + s->schedulers * p->executors);
    if (m->failed) return;
    row channel = 0, used = 0;
    for (big z = 0; z < s->schedulers; z++)
        for (row e = 0; e < p->executors; e++) {
            row *at = &m->channel_at[(z * p->executors + e) * queues];
            if (s->kind[e] == KUBERNETES) continue;
            if (s->kind[e] == CELERY && z) {
                memcpy(at, &m->channel_at[e * queues], (size_t)queues * sizeof *at);
                continue;
            }
            for (big q = 0; q < queues; q++) at[q] = s->kind[e] == CELERY ? channel++ : channel;
            if (s->kind[e] == CELERY) {
                for (big w = 0; w < s->worker_count; w++) {
                    if (s->worker_executor[w] != e) continue;
                    worker *one = &m->workers[m->worker_count++];
                    one->concurrency = s->worker_concurrency[w];
                    one->reserve = s->worker_reserve[w];
                    one->first_channel = used;
                    for (big q = 0; q < queues; q++)
                        if (s->worker_serves[w * queues + q]) {
                            m->worker_channels[used++] = at[q];
                            one->channels++;
                        }
                }
                continue;
            }
            worker *one = &m->workers[m->worker_count++];
            one->concurrency = one->reserve = s->parallelism ? s->parallelism : UNLIMITED;
            one->first_channel = used;
            one->channels = 1;
            m->worker_channels[used++] = channel++;
        }
    row at = 0;
    for (row c = 0; c < most; c++) {
        m->listener_first[c] = at;
        for (big w = 0; w < m->worker_count; w++)
            for (row i = 0; i < m->workers[w].channels; i++)
                if (m->worker_channels[m->workers[w].first_channel + i] == c) m->listeners[at++] = (row)w;
    }
    m->listener_first[most] = at;
}

static void share(sim *m) {
    big classes = m->s->demands;
    NEW(m, hosts, m->worker_count);
    NEW(m, on_host, m->p->instances);
    if (m->failed) return;
    m->host_count = m->worker_count;
    for (big i = 0; i < m->host_count; i++) {
        host *h = &m->hosts[i];
        h->cores = m->s->host_cores[i];
        NEW(m, hosts[i].count, classes);
        NEW(m, hosts[i].room, classes);
        NEW(m, hosts[i].clock, classes);
        NEW(m, hosts[i].rate, classes);
        NEW(m, hosts[i].running, classes);
        if (m->failed) return;
        for (big k = 0; k < classes; k++) h->rate[k] = 1.0;
        m->o->peak_bytes[i] = m->o->short_s[i] = 0.0;
    }
}

static void set_up(sim *m) {
    const plan *p = m->p;
    const system_t *s = m->s;
    NEW(m, pool_used, p->pools); NEW(m, pool_left, p->pools); NEW(m, dag_active, p->dags);
    NEW(m, run_active, p->runs); NEW(m, task_active, p->tasks); NEW(m, cell_active, p->cells);
    NEW(m, rank, p->instances); NEW(m, at_rank, p->instances); NEW(m, pool_base, p->pools + 1);
    NEW(m, open, p->pools); NEW(m, free_slots, p->executors); NEW(m, dag_pass, p->dags);
    NEW(m, task_pass, p->tasks); NEW(m, cell_pass, p->cells); NEW(m, pool_pass, p->pools);
    NEW(m, seen_pass, p->runs); NEW(m, seen, p->runs); NEW(m, cursor, p->pools);
    NEW(m, stint, p->instances); NEW(m, waits_for, p->cells); NEW(m, left_in_cell, p->cells);
    NEW(m, left_in_run, p->runs); NEW(m, after, p->runs); NEW(m, next, p->instances);
    NEW(m, pending, p->runs); NEW(m, dirty, p->runs);
    NEW(m, due, p->dags); NEW(m, queued, p->dags); NEW(m, queued_late, p->dags);
    NEW(m, run_next, p->runs); NEW(m, run_prev, p->runs);
    NEW(m, running, p->dags); NEW(m, running_late, p->dags); NEW(m, waiting, p->dags); NEW(m, is_waiting, p->dags);
    NEW(m, found, 2 * s->runs_examined);
    NEW(m, occupied, s->schedulers * p->executors); NEW(m, done, s->schedulers * p->executors);
    NEW(m, pods, s->schedulers); NEW(m, sent_by, p->instances); NEW(m, loops, s->schedulers);
    m->event_room = 1024;
    NEW(m, events, m->event_room);
    if (m->failed) return;
    graph(m);
    if (m->failed) return;
    rank_all(m);
    if (m->failed) return;
    hire(m);
    if (m->failed) return;
    if (s->demands) share(m);
    if (m->failed) return;
    for (row i = 0; i < p->instances; i++) m->stint[i] = p->first_stint[i];
    for (row run = 0; run < p->runs; run++) m->after[run] = -1;
    for (row run = 0; run < p->runs; run++) if (p->before[run] >= 0) m->after[p->before[run]] = run;
    for (big z = 0; z < s->schedulers; z++) {
        m->loops[z].number = (row)z;
        double first = p->runs ? p->due_s[0] : 0.0;
        begin_pass(m, &m->loops[z], first + (double)z * s->idle_sleep_s / (double)s->schedulers);
    }
}

static void take_down(sim *m) {
    void *all[] = {
        m->pool_used, m->pool_left, m->dag_active, m->run_active, m->task_active, m->cell_active, m->rank, m->at_rank,
        m->pool_base, m->open, m->free_slots, m->dag_pass, m->task_pass, m->cell_pass, m->pool_pass, m->seen_pass,
        m->seen, m->cursor, m->stint, m->waits_for, m->left_in_cell, m->left_in_run, m->after, m->next, m->pending,
        m->dirty, m->due, m->queued, m->queued_late, m->run_next, m->run_prev, m->running, m->running_late,
        m->waiting, m->is_waiting, m->found, m->occupied, m->done, m->pods, m->sent_by, m->events, m->first_down,
        m->down, m->channel_at, m->channels, m->workers,
        m->listener_first, m->worker_channels, m->listeners, m->batch,
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    for (int i = 0; i < LEVELS; i++) free(m->bits[i]);
    for (big i = 0; i < m->host_count; i++) {
        host *h = &m->hosts[i];
        if (h->running) for (big k = 0; k < m->s->demands; k++) free(h->running[k]);
        free(h->count); free(h->room); free(h->clock); free(h->rate); free(h->running);
    }
    free(m->hosts);
    free(m->on_host);
    if (m->loops) for (big z = 0; z < m->s->schedulers; z++) free(m->loops[z].sending);
    free(m->loops);
}

#endif
