#ifndef SWIFTLET_CYAML_SHIM_H
#define SWIFTLET_CYAML_SHIM_H

#include <yaml.h>

#endif
