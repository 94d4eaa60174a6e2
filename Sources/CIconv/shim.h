#ifndef MILLWRIGHT_CICONV_SHIM_H
#define MILLWRIGHT_CICONV_SHIM_H

#include <iconv.h>

/* What iconv_open answers when it fails: a cast that Swift cannot import. */
static inline int millwright_iconv_failed(iconv_t converter) {
    return converter == (iconv_t)-1;
}

#endif
