/* Rows that PostgreSQL's COPY sends in its binary format, as columns: the twin of copy_plain.py.

   Nothing of Python is touched, so that other threads of the interpreter run meanwhile. The functions of libpq
   are the driver's own ones, handed over by their address. Format: PostgreSQL manual, COPY, "Binary Format";
   the server sends one message for each row (manual, "Frontend/Backend Protocol", "COPY Operations"). */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int32_t row;
typedef int64_t big;

#include "copy/names.h"

enum { NUMBER = -1, TIME = -2 };
enum { MORE, ENDED, REFUSED, STRANGE, NO_MEMORY };

#define MOST_FIELDS 64
#define HEADER 19 /* bytes, and those of its extension, which its last four count */
#define EPOCH_US INT64_C(946684800000000) /* from 1970 to 2000, from where the server counts */

typedef int (*receive)(void *connection, char **message, int is_asynchronous);
typedef void (*release)(void *message);

typedef struct {
    big receive, release, connection; /* PQgetCopyData, PQfreemem, PGconn: addresses */
    big capacity;                     /* rows that there is room for */
    big fields, columns;
    const row *what;                  /* of each column: NUMBER, TIME or the row of its names */
    const row *first, *last;          /* of each column: the fields that it is made of; more than one in a key */
    const row *absent;                /* of each column: what stands in for NULL in a number */
    const big *column;                /* of each column: its address */
    const big *names;                 /* the address of each names */
    const big *most;                  /* of each names: so many it may hold */
    row *last_code;                   /* of each names: what was given last, -1 at first */
    big *state;
} request;

typedef struct { const unsigned char *at, *end; } reader;

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Note where each field begins, with its size before it, and where the last one ends. */
static int find_fields(const request *r, reader in, const unsigned char **field)
{
    for (big number = 0; number < r->fields; number++) {
        field[number] = in.at;
        if (in.end - in.at < 4) return STRANGE;
        row size = (row)big_endian(in.at);
        in.at += 4;
        if (size < -1 || size > in.end - in.at) return STRANGE;
        in.at += size < 0 ? 0 : size;
    }
    field[r->fields] = in.at;
    return in.at == in.end ? MORE : STRANGE;
}

static int take_number(const unsigned char *field, row absent, row *target)
{
    row size = (row)big_endian(field);
    if (size != 4 && size != -1) return STRANGE;
    *target = size < 0 ? absent : (row)big_endian(field + 4);
    return MORE;
}

/* A moment that is none (NULL, the infinities) is the least number, which numpy takes for NaT. */
static int take_time(const unsigned char *field, big *target)
{
    row size = (row)big_endian(field);
    *target = INT64_MIN;
    if (size != 8) return size == -1 ? MORE : STRANGE;
    big value = (big)((uint64_t)big_endian(field + 4) << 32 | big_endian(field + 8));
    if (value != INT64_MIN && value <= INT64_MAX - EPOCH_US) *target = value + EPOCH_US;
    return MORE;
}

static int take_key(const request *r, row what, const unsigned char *first, const unsigned char *end, row *target)
{
    names *known = (names *)(intptr_t)r->names[what];
    *target = names_code(known, r->most[what], (const char *)first, end - first,
                         &r->last_code[what]);
    return *target == -2 ? NO_MEMORY : MORE;
}

static int take_row(const request *r, reader in, big number)
{
    const unsigned char *field[MOST_FIELDS + 1];
    int state = find_fields(r, in, field);
    for (big at = 0; state == MORE && at < r->columns; at++) {
        row what = r->what[at];
        const unsigned char *first = field[r->first[at]];
        void *column = (void *)(intptr_t)r->column[at];
        if (what == NUMBER) state = take_number(first, r->absent[at], (row *)column + number);
        else if (what == TIME) state = take_time(first, (big *)column + number);
        else state = take_key(r, what, first, field[r->last[at] + 1], (row *)column + number);
    }
    return state;
}

static void skip_header(reader *in)
{
    if (in->end - in->at >= HEADER && !memcmp(in->at, "PGCOPY\n\377\r\n", 11)) {
        uint32_t more = big_endian(in->at + HEADER - 4);
        in->at += HEADER;
        in->at += more <= in->end - in->at ? more : 0;
    }
}

/* Take what one message holds: a row, the header before the first one, the mark behind the last one. */
static int take_message(const request *r, reader in, big *count)
{
    skip_header(&in);
    if (in.at == in.end) return MORE;
    if (in.end - in.at < 2) return STRANGE;
    int fields = (int16_t)(in.at[0] << 8 | in.at[1]);
    in.at += 2;
    if (fields == -1) return MORE;
    if (fields != r->fields) return STRANGE;
    int state = take_row(r, in, *count);
    *count += state == MORE;
    return state;
}

/* Return how many rows were taken, as many as there is room for; `state` says why it were no more. */
big airflow_tune_copy(const request *r)
{
    big count = 0;
    int state = MORE;
    while (state == MORE && count < r->capacity) {
        char *message = NULL;
        int size = ((receive)(intptr_t)r->receive)((void *)(intptr_t)r->connection, &message, 0);
        if (size <= 0) {
            state = size == -1 ? ENDED : REFUSED;
            break;
        }
        reader in = {(unsigned char *)message, (unsigned char *)message + size};
        state = take_message(r, in, &count);
        ((release)(intptr_t)r->release)(message);
    }
    *r->state = state;
    return count;
}

names *airflow_tune_names_new(void)
{
    names *made = malloc(sizeof *made);
    if (made && !names_start(made)) {
        names_end(made);
        return NULL;
    }
    return made;
}

void airflow_tune_names_free(names *known) { names_end(known); }

big airflow_tune_names_count(const names *known) { return known->count; }

const char *airflow_tune_names_bytes(const names *known) { return known->bytes; }

const big *airflow_tune_names_first(const names *known) { return known->first; }
