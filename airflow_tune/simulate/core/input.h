/* What is played and under what, and the columns that it fills: fields are those of plan.py, system.py
   and played.py. Times are seconds as doubles, rows are int32. */

#ifndef AIRFLOW_TUNE_INPUT_H
#define AIRFLOW_TUNE_INPUT_H

#include <stdint.h>

typedef int32_t row;
typedef int64_t big;

enum { DONE, RETRY, RESCHEDULE, RESCHEDULE_UNTIL, DEFER, DEFER_UNTIL };
enum { RULE_ALL, RULE_FIRST, RULE_NO_UPSTREAM };
enum { LOCAL, CELERY, KUBERNETES };
enum { END, FREE, DUE, FIRE, BEGIN, OVER };
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
    const int8_t *demand;                     /* of each stint, where work shares its host's cores */
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
    big demands;                              /* classes of work; 0 where cores are not shared */
    const double *host_cores, *demand_cores, *demand_bytes;
    const uint8_t *worker_serves;             /* worker × queue */
} system_t;

typedef struct {
    double *ready, *scheduled, *queued, *start, *end, *instant, *created, *started, *ended, *peak_bytes, *short_s;
} played;

#endif
