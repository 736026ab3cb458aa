#ifndef SWIFTLET_CCURL_SHIM_H
#define SWIFTLET_CCURL_SHIM_H

#include <curl/curl.h>

#endif
