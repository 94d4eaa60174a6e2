#ifndef MILLWRIGHT_CMOSQUITTO_SHIM_H
#define MILLWRIGHT_CMOSQUITTO_SHIM_H

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Glibc's module map leaves <sys/eventfd.h> out. */
static inline int millwright_mqtt_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/* Both are non-blocking: a full counter is already a wake-up, an empty one already drained. */
static inline void millwright_mqtt_eventfd_signal(int fd) {
    uint64_t one = 1;
    ssize_t ignored = write(fd, &one, sizeof one);
    (void)ignored;
}

static inline void millwright_mqtt_eventfd_drain(int fd) {
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);
    (void)ignored;
}

/* Names the calling thread (15 bytes). pthread_setname_np hides behind _GNU_SOURCE, prctl is variadic. */
static inline void millwright_mqtt_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

#endif
