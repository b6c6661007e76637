// zlib. deflateInit2 and inflateInit2 are macros over functions that LibZlib calls by name, so nothing is wrapped.
#pragma once
#include <zlib.h>
