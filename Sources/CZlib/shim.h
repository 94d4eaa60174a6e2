#ifndef MILLWRIGHT_CZLIB_SHIM_H
#define MILLWRIGHT_CZLIB_SHIM_H

#include <zlib.h>

/* inflateInit2 is a macro, which Swift cannot call. */
static inline int millwright_inflate_gzip_init(z_streamp stream) {
    return inflateInit2(stream, 15 + 16);
}

#endif
