/* The simulation of machine.py, step by step the same, for histories of millions of task instances.

   It reads and writes the columns of Plan and Played in place. Every floating-point operation stands here in
   the order in which it stands there, so that both give the same bytes; tests/simulate/test_native.py holds
   one against the other. What a step means is said there, and only there.

   Times are seconds as doubles, rows are int32. Names of fields are those of plan.py and system.py. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int32_t row;
typedef int64_t big;

enum { DONE, RETRY, RESCHEDULE, RESCHEDULE_UNTIL, DEFER, DEFER_UNTIL };
enum { RULE_ALL, RULE_FIRST, RULE_NO_UPSTREAM };
enum { LOCAL, CELERY, KUBERNETES };
enum { END, FREE, DUE, FIRE };
enum { EXAMINE, CHOOSE, READ };
enum { DRAW_START, DRAW_TAIL, DRAW_SLOW, DRAW_BODY };

#define UNLIMITED ((big)1 << 60)
#define LEVELS 6 /* 64 to the sixth is more than a row can count */

typedef struct {
    big pools, dags, tasks, runs, cells, instances, stints, queues, executors;
    const big *pool_slots;
    const uint8_t *pool_keeps_deferred, *pool_gone;
    const big *max_active_tasks, *max_active_runs;
    const row *first_task, *dag_of_task;
    const int8_t *trigger_rule;
    const uint8_t *on_past;
    const big *task_limit, *task_run_limit;
    const row *first_upstream, *upstream;
    const row *dag_of_run;
    const double *due_s;
    const uint8_t *scheduled_run, *backfill;
    const row *first_cell, *before;
    const row *run_of, *task_of, *first_instance, *pool_of, *slots_of, *weight_of, *queue_of, *executor_of;
    const row *cell_of, *first_stint, *order;
    const double *work_s;
    const int8_t *then;
    const double *gap_s;
} plan;

typedef struct {
    big schedulers, parallelism, max_tis_per_query, runs_created, runs_examined, pipe;
    big limits_per_run, counts_deferred, mini_scheduler, fewest_runs_first, fifo;
    double idle_sleep_s, tail_slow_share, tail_slow_s, examine_share, choose_share;
    big body_size, start_size, tail_size;
    const double *body, *start, *tail;
    const row *kind, *pods_per_loop;          /* of each executor */
    big worker_count;                         /* Celery workers of all executors, one row each */
    const row *worker_executor, *worker_concurrency, *worker_reserve;
    const uint8_t *worker_serves;             /* worker × queue */
} system_t;

typedef struct {
    double *ready, *scheduled, *queued, *start, *end, *instant, *created, *started, *ended;
} played;

typedef struct { double at; big count; row kind, worker, what; } event;
typedef struct { row head, tail; big size; } list;
typedef struct { big concurrency, reserve, busy, held; row first_channel, channels; list prefetched; } worker;
typedef struct {
    row number, phase; big count;
    double at, begun, body;
    int idle, asked, queued_some, blocked;
    row *sending; big left;
} loop;

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
    /* machine */
    event *events; big event_count, event_room, pushed; big arrived; loop *loops;
} sim;

/* Memory: whatever fails leaves `failed`, and the caller hears of it. */

static void *take_memory(sim *m, big count, size_t size) {
    void *got = calloc(count > 0 ? (size_t)count : 1, size);
    if (!got) m->failed = 1;
    return got;
}
#define NEW(m, field, count) ((m)->field = take_memory((m), (count), sizeof *(m)->field))

/* draw.py */

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

/* Lists of task instances (linked by `next`) and of DAG runs (linked both ways). */

static void append(sim *m, list *l, row one) {
    m->next[one] = -1;
    if (l->size++) m->next[l->tail] = one; else l->head = one;
    l->tail = one;
}

static row pop(sim *m, list *l) {
    row one = l->head;
    l->head = m->next[one];
    l->size--;
    return one;
}

static void run_append(sim *m, list *l, row run) {
    m->run_next[run] = -1;
    m->run_prev[run] = l->size ? l->tail : -1;
    if (l->size++) m->run_next[l->tail] = run; else l->head = run;
    l->tail = run;
}

static void run_prepend(sim *m, list *l, row run) {
    m->run_prev[run] = -1;
    m->run_next[run] = l->size ? l->head : -1;
    if (l->size++) m->run_prev[l->head] = run; else l->tail = run;
    l->head = run;
}

static void run_remove(sim *m, list *l, row run) {
    row before = m->run_prev[run], after = m->run_next[run];
    if (before >= 0) m->run_next[before] = after; else l->head = after;
    if (after >= 0) m->run_prev[after] = before; else l->tail = before;
    l->size--;
}

static row run_pop(sim *m, list *l) {
    row run = l->head;
    run_remove(m, l, run);
    return run;
}

/* state.py: candidates are bits, pool by pool in the scheduler's order, with a bit per word above them. */

static void set_bit(sim *m, big at) {
    for (int level = 0; level < m->levels; level++, at >>= 6) {
        uint64_t *word = &m->bits[level][at >> 6], was = *word;
        *word |= (uint64_t)1 << (at & 63);
        if (was) return;
    }
}

static void clear_bit(sim *m, big at) {
    for (int level = 0; level < m->levels; level++, at >>= 6) {
        uint64_t *word = &m->bits[level][at >> 6];
        *word &= ~((uint64_t)1 << (at & 63));
        if (*word) return;
    }
}

/* The first set bit from `at` on, or -1. */
static big next_bit(const sim *m, big at) {
    int level = 0;
    while (level < m->levels) {
        big word = at >> 6;
        if (word >= m->words[level]) return -1;
        uint64_t rest = m->bits[level][word] >> (at & 63);
        if (rest) {
            at += __builtin_ctzll(rest);
            while (level > 0) {
                level--;
                at = (at << 6) + __builtin_ctzll(m->bits[level][at]);
            }
            return at;
        }
        at = word + 1;
        level++;
    }
    return -1;
}

static void offer(sim *m, row one) {
    set_bit(m, m->rank[one]);
    m->candidates++;
    m->pool_left[m->p->pool_of[m->p->cell_of[one]]]++;
}

static void take(sim *m, row one) {
    clear_bit(m, m->rank[one]);
    m->candidates--;
    m->pool_left[m->p->pool_of[m->p->cell_of[one]]]--;
}

static void hold(sim *m, row one, int sign) {
    const plan *p = m->p;
    row cell = p->cell_of[one], run = p->run_of[cell];
    m->pool_used[p->pool_of[cell]] += sign * (big)p->slots_of[cell];
    m->run_active[run] += sign;
    m->dag_active[p->dag_of_run[run]] += sign;
    m->task_active[p->task_of[cell]] += sign;
    m->cell_active[cell] += sign;
}

static void park(sim *m, row one, int sign) {
    const plan *p = m->p;
    row cell = p->cell_of[one], pool = p->pool_of[cell];
    if (p->pool_keeps_deferred[pool]) m->pool_used[pool] += sign * (big)p->slots_of[cell];
    if (m->s->counts_deferred) {
        m->task_active[p->task_of[cell]] += sign;
        m->cell_active[cell] += sign;
    }
}

/* choice.py */

static big limit_of(big value) { return value < 0 ? UNLIMITED : value; }

static big gather(sim *m, big most) {
    const plan *p = m->p;
    big count = 0;
    m->iteration++;
    for (row pool = 0; pool < p->pools; pool++) {
        m->cursor[pool] = -1;
        if (m->pool_pass[pool] == m->pass || !m->pool_left[pool]) continue;
        m->cursor[pool] = (row)next_bit(m, m->pool_base[pool]);
    }
    while (count < most) {
        row best = -1;
        for (row pool = 0; pool < p->pools; pool++)
            if (m->cursor[pool] >= 0 &&
                (best < 0 || p->order[m->at_rank[m->cursor[pool]]] < p->order[m->at_rank[m->cursor[best]]]))
                best = pool;
        if (best < 0) break;
        row one = m->at_rank[m->cursor[best]], cell = p->cell_of[one], run = p->run_of[cell];
        row dag = p->dag_of_run[run];
        big later = next_bit(m, (big)m->cursor[best] + 1);
        m->cursor[best] = later >= 0 && later < m->pool_base[best + 1] ? (row)later : -1;
        if (m->dag_pass[dag] == m->pass || m->task_pass[p->task_of[cell]] == m->pass ||
            m->cell_pass[cell] == m->pass) continue;
        if (m->s->limits_per_run) {
            big limit = limit_of(p->max_active_tasks[dag]);
            if (m->run_active[run] >= limit) continue;
            if (m->seen_pass[run] != m->iteration) { m->seen_pass[run] = m->iteration; m->seen[run] = 0; }
            if (++m->seen[run] > limit) continue;
        }
        m->batch[count++] = one;
    }
    return count;
}

static void starve(sim *m, row *set, row one) {
    if (set[one] != m->pass) { set[one] = m->pass; m->starved++; }
}

static int refused(sim *m, row one) {
    const plan *p = m->p;
    row cell = p->cell_of[one], pool = p->pool_of[cell], task = p->task_of[cell], run = p->run_of[cell];
    row dag = p->dag_of_run[run];
    big active = m->s->limits_per_run ? m->run_active[run] : m->dag_active[dag];
    if (m->open[pool] <= 0) starve(m, m->pool_pass, pool);
    else if (p->slots_of[cell] > m->open[pool]) starve(m, m->task_pass, task);
    else if (active >= limit_of(p->max_active_tasks[dag])) starve(m, m->dag_pass, dag);
    else if (m->task_active[task] >= limit_of(p->task_limit[task])) starve(m, m->task_pass, task);
    else if (m->cell_active[cell] >= limit_of(p->task_run_limit[task])) starve(m, m->cell_pass, cell);
    else if (m->free_slots[p->executor_of[cell]] <= 0) starve(m, m->task_pass, task);
    else return 0;
    return 1;
}

/* Leaves what is queued in `batch`, and returns how many. */
static big choose(sim *m, big most) {
    const plan *p = m->p;
    big total = 0;
    m->pass++;
    m->starved = 0;
    for (row pool = 0; pool < p->pools; pool++) {
        m->open[pool] = limit_of(p->pool_slots[pool]) - m->pool_used[pool];
        if (m->open[pool] > 0) total = total + m->open[pool] < UNLIMITED ? total + m->open[pool] : UNLIMITED;
        else if (!p->pool_gone[pool]) starve(m, m->pool_pass, pool);
    }
    if (total < most) most = total;
    while (most > 0) {
        big before = m->starved, room = most < m->candidates ? most : m->candidates;
        if (room > m->batch_room) {
            row *grown = realloc(m->batch, (size_t)room * sizeof *grown);
            if (!grown) { m->failed = 1; return 0; }
            m->batch = grown;
            m->batch_room = room;
        }
        big count = gather(m, room), chosen = 0;
        for (big i = 0; i < count; i++) {
            row one = m->batch[i], cell = p->cell_of[one];
            if (refused(m, one)) continue;
            m->free_slots[p->executor_of[cell]]--;
            m->open[p->pool_of[cell]] -= p->slots_of[cell];
            hold(m, one, 1);
            take(m, one);
            m->batch[chosen++] = one;
        }
        if (chosen || count < most || m->starved == before) return chosen;
    }
    return 0;
}

/* life.py */

static big size_of(const sim *m, row cell) { return m->p->first_instance[cell + 1] - m->p->first_instance[cell]; }

static void make_dirty(sim *m, row run) {
    if (!m->dirty[run]) { m->dirty[run] = 1; m->dirties[m->p->backfill[run] != 0]++; }
}

static void pend(sim *m, row one, row run, double now) {
    if (m->stint[one] < m->p->first_stint[one + 1]) m->o->ready[m->stint[one]] = now;
    append(m, &m->pending[run], one);
    make_dirty(m, run);
}

static void make_ready(sim *m, row cell, row run, double now) {
    for (row one = m->p->first_instance[cell]; one < m->p->first_instance[cell + 1]; one++) pend(m, one, run, now);
}

static int past(const sim *m, row run, row cell) {
    row before = m->p->before[run];
    if (before < 0 || !m->p->on_past[m->p->task_of[cell]]) return 0;
    row other = m->p->first_cell[before] + cell - m->p->first_cell[run];
    int finished = !isnan(m->o->started[before]) && !m->left_in_cell[other];
    return finished || !size_of(m, other) ? 0 : 1;
}

static void begin(sim *m, row run, double now) {
    const plan *p = m->p;
    m->o->started[run] = now;
    row offset = p->first_cell[run] - p->first_task[p->dag_of_run[run]];
    for (row cell = p->first_cell[run]; cell < p->first_cell[run + 1]; cell++) {
        row task = p->task_of[cell], above = 0;
        m->left_in_cell[cell] = (row)size_of(m, cell);
        m->left_in_run[run] += (row)size_of(m, cell);
        for (row i = p->first_upstream[task]; i < p->first_upstream[task + 1]; i++)
            above += size_of(m, offset + p->upstream[i]) > 0;
        if (p->trigger_rule[task] == RULE_NO_UPSTREAM) above = 0;
        else if (p->trigger_rule[task] == RULE_FIRST && above > 1) above = 1;
        m->waits_for[cell] = above + past(m, run, cell);
    }
    make_dirty(m, run);
    for (row cell = p->first_cell[run]; cell < p->first_cell[run + 1]; cell++)
        if (!m->waits_for[cell]) make_ready(m, cell, run, now);
}

static void one_less(sim *m, row cell, row run, double now) {
    if (!--m->waits_for[cell]) make_ready(m, cell, run, now);
}

static void finish(sim *m, row one, double now) {
    const plan *p = m->p;
    row cell = p->cell_of[one], run = p->run_of[cell], task = p->task_of[cell];
    row offset = p->first_cell[run] - p->first_task[p->dag_of_run[run]];
    m->left_in_cell[cell]--;
    m->left_in_run[run]--;
    int done = !m->left_in_cell[cell], first = m->left_in_cell[cell] == size_of(m, cell) - 1;
    for (row i = m->first_down[task]; i < m->first_down[task + 1]; i++) {
        row below = m->down[i];
        int8_t rule = p->trigger_rule[below];
        if ((done && rule == RULE_ALL) || (first && rule == RULE_FIRST)) one_less(m, offset + below, run, now);
    }
    if (done && p->on_past[task] && m->after[run] >= 0) {
        row later = m->after[run];
        if (!isnan(m->o->started[later])) one_less(m, p->first_cell[later] + cell - p->first_cell[run], later, now);
    }
    if (!m->left_in_run[run]) make_dirty(m, run);
}

static void enqueue_run(sim *m, row run, double now) {
    m->o->created[run] = now;
    run_append(m, &(m->p->backfill[run] ? m->queued_late : m->queued)[m->p->dag_of_run[run]], run);
}

static void arrive(sim *m, row run, double now) {
    row dag = m->p->dag_of_run[run];
    if (m->p->scheduled_run[run]) run_append(m, &m->due[dag], run);
    else enqueue_run(m, run, now);
    if (!m->is_waiting[dag]) { m->is_waiting[dag] = 1; m->waiting[m->waitings++] = dag; }
    m->changed = 1;
}

typedef struct { big late, few; row run; } candidate;

static int by_run(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->late != y->late) return x->late < y->late ? -1 : 1;
    if (x->few != y->few) return x->few < y->few ? -1 : 1;
    return x->run < y->run ? -1 : x->run > y->run;
}

static int create_runs(sim *m, double now, candidate *able) {
    big count = 0;
    for (big i = 0; i < m->waitings; i++) {
        row dag = m->waiting[i];
        if (m->due[dag].size && m->running[dag] + m->queued[dag].size < limit_of(m->p->max_active_runs[dag]))
            able[count++] = (candidate){0, 0, m->due[dag].head};
    }
    qsort(able, (size_t)count, sizeof *able, by_run);
    for (big i = 0; i < count && i < m->s->runs_created; i++)
        enqueue_run(m, run_pop(m, &m->due[m->p->dag_of_run[able[i].run]]), now);
    return count > 0;
}

static big startable(sim *m, candidate *found, row dag, int late) {
    list *line = &(late ? m->queued_late : m->queued)[dag];
    row *running = late ? m->running_late : m->running;
    big count = 0;
    if (running[dag] >= limit_of(m->p->max_active_runs[dag]) || !line->size) return 0;
    for (row run = line->head; run >= 0 && count < m->s->runs_examined; run = m->run_next[run])
        found[count++] = (candidate){late, m->s->fewest_runs_first ? running[dag] : 0, run};
    return count;
}

static int start_runs(sim *m, double now, candidate *found) {
    const plan *p = m->p;
    big count = 0, begun = 0;
    for (big i = 0; i < m->waitings; i++) {
        count += startable(m, found + count, m->waiting[i], 0);
        count += startable(m, found + count, m->waiting[i], 1);
    }
    qsort(found, (size_t)count, sizeof *found, by_run);
    int capped = count > m->s->runs_examined;
    if (capped) count = m->s->runs_examined;
    for (big i = 0; i < count; i++) {
        row run = found[i].run, dag = p->dag_of_run[run];
        row *running = found[i].late ? m->running_late : m->running;
        if (running[dag] >= limit_of(p->max_active_runs[dag])) continue;
        run_remove(m, &(found[i].late ? m->queued_late : m->queued)[dag], run);
        running[dag]++;
        begin(m, run, now);
        found[begun++] = found[i];
    }
    for (big i = begun - 1; i >= 0; i--) if (!found[i].late) run_prepend(m, &m->ring, found[i].run);
    for (big i = 0; i < begun; i++) if (found[i].late) run_append(m, &m->late_ring, found[i].run);
    big kept = 0;
    for (big i = 0; i < m->waitings; i++) {
        row dag = m->waiting[i];
        m->is_waiting[dag] = m->due[dag].size || m->queued[dag].size || m->queued_late[dag].size;
        if (m->is_waiting[dag]) m->waiting[kept++] = dag;
    }
    m->waitings = kept;
    return capped && begun > 0;
}

static void step(sim *m, double now) {
    if (!m->changed) return;
    big room = m->waitings * (2 * m->s->runs_examined + 1);
    candidate *found = malloc((size_t)(room ? room : 1) * sizeof *found);
    if (!found) { m->failed = 1; return; }
    int more = create_runs(m, now, found);
    m->changed = more | start_runs(m, now, found);
    free(found);
}

/* crew.py */

static int bounded(const sim *m, row executor) { return !(m->s->fifo && m->s->kind[executor] == LOCAL); }

static row channel_of(const sim *m, big scheduler, row executor, row queue) {
    big queues = m->p->queues ? m->p->queues : 1;
    return m->channel_at[(scheduler * m->p->executors + executor) * queues + queue];
}

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

static void run_stint(sim *m, row one, row worker_at, double now) {
    const system_t *s = m->s;
    row stint = m->stint[one];
    double start = now + quantile(s->start, s->start_size, uniform(m->seed, DRAW_START, (uint64_t)stint));
    double end = start + m->p->work_s[stint];
    m->o->start[stint] = start;
    m->o->end[stint] = end;
    double tail = s->tail_slow_s;
    if (!(uniform(m->seed, DRAW_SLOW, (uint64_t)stint) < s->tail_slow_share))
        tail = quantile(s->tail, s->tail_size, uniform(m->seed, DRAW_TAIL, (uint64_t)stint));
    push(m, end, END, -1, one);
    push(m, end + tail, FREE, worker_at, one);
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

/* machine.py */

static void ask(sim *m) {
    for (big i = 0; i < m->s->schedulers; i++) m->loops[i].asked = 1;
}

static void schedule(sim *m, row one, double now) {
    row stint = m->stint[one];
    if (stint == m->p->first_stint[one + 1]) {
        m->o->instant[one] = now;
        finish(m, one, now);
        return;
    }
    m->o->scheduled[stint] = now;
    offer(m, one);
    ask(m);
}

static void begin_pass(sim *m, loop *l, double now) {
    l->count++;
    uint64_t place = (uint64_t)l->number * ((uint64_t)1 << 32) + (uint64_t)l->count;
    l->body = quantile(m->s->body, m->s->body_size, uniform(m->seed, DRAW_BODY, place));
    l->begun = now;
    l->phase = EXAMINE;
    l->idle = 0;
    l->at = now + m->s->examine_share * l->body;
}

static int anything(const sim *m, const loop *l) {
    int reaches = m->dirties[0] || (m->dirties[1] && m->ring.size < m->s->runs_examined);
    return m->changed || reaches || m->pods[l->number].size || (l->asked && m->candidates);
}

static int freed(const sim *m, const loop *l) {
    if (!m->candidates) return 0;
    for (row e = 0; e < m->p->executors; e++) if (m->done[l->number * m->p->executors + e]) return 1;
    return 0;
}

static void skip_to(sim *m, loop *l, double now) {
    double from = l->begun;
    if (from < now) {
        double period = m->s->idle_sleep_s + m->s->body[m->s->body_size / 2];
        double passes = ceil((now - from) / period);
        from += passes * period;
        if (m->ring.size) {
            big turns = (big)(fmod(passes, (double)m->ring.size)) * m->s->runs_examined % m->ring.size;
            for (big i = 0; i < turns; i++) run_append(m, &m->ring, run_pop(m, &m->ring));
        }
    }
    begin_pass(m, l, from);
}

static void wake(sim *m, double now) {
    for (big i = 0; i < m->s->schedulers; i++) {
        loop *l = &m->loops[i];
        if (l->idle && (anything(m, l) || freed(m, l))) skip_to(m, l, now);
    }
}

static void send_all(sim *m, loop *l, double now) {
    while (l->left) {
        row one = l->sending[l->left - 1];
        if (full(m, one, l->number)) { l->blocked = 1; l->at = INFINITY; return; }
        l->left--;
        send_one(m, one, l->number, now);
    }
    make_pods(m, l->number, now);
    l->blocked = 0;
    l->phase = READ;
    l->at = now + (1.0 - m->s->choose_share) * l->body;
}

static void end_stint(sim *m, row one, double now) {
    const plan *p = m->p;
    row stint = m->stint[one], cell = p->cell_of[one], run = p->run_of[cell];
    int8_t then = p->then[stint];
    hold(m, one, -1);
    ask(m);
    m->stint[one]++;
    if (then == DONE) {
        list *line = &m->pending[run], before = *line;
        finish(m, one, now);
        if (m->s->mini_scheduler && line->size > before.size) {
            row follow = before.size ? m->next[before.tail] : line->head;
            big count = line->size - before.size;
            *line = before;
            if (before.size) m->next[before.tail] = -1;
            while (count--) {
                row later = m->next[follow];
                schedule(m, follow, now);
                follow = later;
            }
        }
        return;
    }
    int until = then == RESCHEDULE_UNTIL || then == DEFER_UNTIL;
    double at = (until ? p->due_s[run] : now) + p->gap_s[stint];
    if (at < now) at = now;
    if (then == DEFER || then == DEFER_UNTIL) { park(m, one, 1); push(m, at, FIRE, -1, one); }
    else push(m, at, DUE, -1, one);
}

static void free_slot(sim *m, event e) {
    row executor = m->p->executor_of[m->p->cell_of[e.what]];
    big scheduler = m->sent_by[e.what];
    if (bounded(m, executor)) m->done[scheduler * m->p->executors + executor]++;
    if (e.worker >= 0) {
        release(m, e.worker, e.at);
        if (m->loops[scheduler].blocked) send_all(m, &m->loops[scheduler], e.at);
    }
}

static void happen(sim *m, event e) {
    if (e.kind == END) end_stint(m, e.what, e.at);
    else if (e.kind == FREE) free_slot(m, e);
    else if (e.kind == DUE) pend(m, e.what, m->p->run_of[m->p->cell_of[e.what]], e.at);
    else {
        park(m, e.what, -1);
        m->o->ready[m->stint[e.what]] = e.at;
        schedule(m, e.what, e.at);
    }
    wake(m, e.at);
}

static void examine_run(sim *m, row run, double now, row *finished, big *count) {
    if (!m->dirty[run]) return;
    m->dirty[run] = 0;
    m->dirties[m->p->backfill[run] != 0]--;
    list line = m->pending[run];
    m->pending[run].size = 0;
    if (!m->left_in_run[run]) { m->o->ended[run] = now; finished[(*count)++] = run; }
    row one = line.head;
    for (big i = 0; i < line.size; i++) {
        row later = m->next[one];
        schedule(m, one, now);
        one = later;
    }
}

static void examine(sim *m, double now) {
    step(m, now);
    big most = m->s->runs_examined, count = 0, finished = 0;
    row *found = m->found;
    list *rings[2] = {&m->ring, &m->late_ring};
    big taken[2];
    for (int late = 0; late < 2; late++) {
        taken[late] = rings[late]->size < most - count ? rings[late]->size : most - count;
        for (big i = 0; i < taken[late]; i++) found[count++] = run_pop(m, rings[late]);
    }
    for (big i = 0; i < count; i++) run_append(m, rings[i >= taken[0]], found[i]);
    row *over = found + most;
    for (big i = 0; i < count; i++) examine_run(m, found[i], now, over, &finished);
    for (big i = 0; i < finished; i++) {
        row run = over[i], dag = m->p->dag_of_run[run];
        run_remove(m, rings[m->p->backfill[run] != 0], run);
        (m->p->backfill[run] ? m->running_late : m->running)[dag]--;
        if (m->is_waiting[dag]) m->changed = 1;
    }
}

static int by_weight(const void *a, const void *b) {
    const big *x = a, *y = b;
    return x[0] != y[0] ? (x[0] < y[0] ? -1 : 1) : (x[1] < y[1] ? -1 : x[1] > y[1]);
}

static void choose_and_send(sim *m, loop *l, double now) {
    l->queued_some = 0;
    if (l->asked) {
        l->asked = 0;
        big slots = m->s->parallelism ? m->s->parallelism : UNLIMITED, held = 0, left = 0;
        for (row e = 0; e < m->p->executors; e++) {
            big used = m->occupied[l->number * m->p->executors + e];
            m->free_slots[e] = slots - used;
            left += slots - used;
            held += used;
        }
        big room = slots - held, most = m->s->max_tis_per_query ? m->s->max_tis_per_query : room;
        if (room < most) most = room;
        if (most > 0 && left > 0) {
            big count = choose(m, most);
            big *keys = malloc((size_t)(count ? count : 1) * 2 * sizeof *keys);
            row *sending = realloc(l->sending, (size_t)(count ? count : 1) * sizeof *sending);
            if (!keys || !sending) { m->failed = 1; free(keys); if (sending) l->sending = sending; return; }
            l->sending = sending;
            for (big i = 0; i < count; i++) {
                row one = m->batch[i];
                m->o->queued[m->stint[one]] = now;
                m->sent_by[one] = (int8_t)l->number;
                keys[2 * i] = -(big)m->p->weight_of[m->p->cell_of[one]];
                keys[2 * i + 1] = i;
            }
            qsort(keys, (size_t)count, 2 * sizeof *keys, by_weight);
            for (big i = 0; i < count; i++) l->sending[count - 1 - i] = m->batch[keys[2 * i + 1]];
            free(keys);
            l->left = count;
            l->asked = l->queued_some = count > 0;
        }
    }
    send_all(m, l, now);
}

static void go_on(sim *m, loop *l) {
    double now = l->at;
    if (l->phase == EXAMINE) {
        examine(m, now);
        l->phase = CHOOSE;
        l->at = l->begun + m->s->choose_share * l->body;
    } else if (l->phase == CHOOSE) {
        choose_and_send(m, l, now);
    } else {
        if (read_done(m, l->number)) l->asked = 1;
        double next = now + (l->queued_some ? 0.0 : m->s->idle_sleep_s);
        begin_pass(m, l, next);
        if (!anything(m, l)) { l->idle = 1; l->begun = next; l->at = INFINITY; }
    }
}

static void play(sim *m) {
    const plan *p = m->p;
    while (!m->failed) {
        loop *l = m->loops;
        for (big i = 1; i < m->s->schedulers; i++) if (m->loops[i].at < l->at) l = &m->loops[i];
        double soonest = m->event_count ? m->events[0].at : INFINITY;
        double arrival = m->arrived < p->runs ? p->due_s[m->arrived] : INFINITY;
        if (arrival < INFINITY && arrival <= soonest && arrival <= l->at) {
            arrive(m, (row)m->arrived++, arrival);
            wake(m, arrival);
        } else if (soonest < INFINITY && soonest <= l->at) happen(m, pop_event(m));
        else if (l->at < INFINITY) go_on(m, l);
        else return;
    }
}

/* Setting up and taking down */

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
    if (m->loops) for (big z = 0; z < m->s->schedulers; z++) free(m->loops[z].sending);
    free(m->loops);
}

/* Plays `p` under `s`; the columns of `o` hold NaN before. Returns 0, or 1 where memory does not suffice. */
int airflow_tune_play(const plan *p, const system_t *s, uint64_t seed, played *o) {
    sim m = {.p = p, .s = s, .o = o, .seed = seed};
    set_up(&m);
    if (!m.failed) play(&m);
    take_down(&m);
    return m.failed;
}
