/* Where a simulated Airflow stands, and the memory for it: whatever fails leaves `failed`. */

#ifndef AIRFLOW_TUNE_SIM_H
#define AIRFLOW_TUNE_SIM_H

#include "input.h"

#include <stdlib.h>

typedef struct { double at; big count; row kind, worker, what; } event;
typedef struct { row head, tail; big size; } list;
typedef struct { big concurrency, reserve, busy, held; row first_channel, channels; list prefetched; } worker;
typedef struct {
    row number, phase; big count;
    double at, begun, body;
    int idle, asked, queued_some, blocked;
    row *sending; big left;
} loop;

typedef struct { double end; big count; row what; } working;
typedef struct {
    big *count, *room; double *clock, *rate; working **running;
    double cores, at, bytes; int is_short; big joined, awaited; row soonest;
} host;

typedef struct {
    const plan *p; const system_t *s; played *o; uint64_t seed; int failed;
    /* state */
    big *pool_used, *dag_active, *pool_left;
    row *run_active, *task_active, *cell_active, *rank, *at_rank;
    row *pool_base;
    uint64_t *bits[LEVELS]; big words[LEVELS]; int levels;
    big candidates;
    /* one pass */
    big *open, *free_slots; row *dag_pass, *task_pass, *cell_pass, *seen_pass, *seen, *pool_pass, *cursor;
    row pass, iteration; big starved; row *batch; big batch_room;
    /* life */
    row *stint, *waits_for, *left_in_cell, *left_in_run, *after, *first_down, *down, *next;
    list *pending; uint8_t *dirty; big dirties[2]; /* backfills apart */
    /* entry */
    list *due, *queued, *queued_late; row *run_next, *run_prev;
    row *running, *running_late, *waiting; uint8_t *is_waiting; big waitings; int changed;
    list ring, late_ring; row *found; big found_room;
    /* crew */
    worker *workers; big worker_count; list *channels; row *channel_at; row *listener_first, *listeners;
    row *worker_channels; big *occupied, *done; list *pods; int8_t *sent_by;
    /* sharing */
    host *hosts; big host_count; row *on_host;
    /* machine */
    event *events; big event_count, event_room, pushed; big arrived; loop *loops;
} sim;

static void *take_memory(sim *m, big count, size_t size) {
    void *got = calloc(count > 0 ? (size_t)count : 1, size);
    if (!got) m->failed = 1;
    return got;
}
#define NEW(m, field, count) ((m)->field = take_memory((m), (count), sizeof *(m)->field))

#endif
