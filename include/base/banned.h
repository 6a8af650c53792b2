#ifndef SM_BASE_BANNED_H
#define SM_BASE_BANNED_H
/* Calls that this project does not make, as compile errors (after git's banned.h). Included into
 * every translation unit by the build. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok gmtime localtime \
    ctime asctime atoi atol atof
#endif
