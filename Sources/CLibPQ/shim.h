#ifndef MILLWRIGHT_CLIBPQ_SHIM_H
#define MILLWRIGHT_CLIBPQ_SHIM_H

#include <libpq-fe.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// PG_DIAG_* are character macros, which Swift does not import: the same values as enumeration constants.
enum {
    MW_DIAG_SEVERITY = PG_DIAG_SEVERITY_NONLOCALIZED,
    MW_DIAG_SQLSTATE = PG_DIAG_SQLSTATE,
    MW_DIAG_MESSAGE = PG_DIAG_MESSAGE_PRIMARY,
    MW_DIAG_DETAIL = PG_DIAG_MESSAGE_DETAIL,
    MW_DIAG_HINT = PG_DIAG_MESSAGE_HINT,
    MW_DIAG_POSITION = PG_DIAG_STATEMENT_POSITION,
    MW_DIAG_CONTEXT = PG_DIAG_CONTEXT,
    MW_DIAG_SCHEMA = PG_DIAG_SCHEMA_NAME,
    MW_DIAG_TABLE = PG_DIAG_TABLE_NAME,
    MW_DIAG_COLUMN = PG_DIAG_COLUMN_NAME,
    MW_DIAG_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME,
    MW_DIAG_ROUTINE = PG_DIAG_SOURCE_FUNCTION
};

// A non-blocking event counter that a poll loop can wait for, or -1 with errno set.
static inline int mw_eventfd(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

// Names the calling thread in tools such as top; at most 15 bytes. (pthread_setname_np hides behind _GNU_SOURCE.)
static inline void mw_name_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

#endif
