#ifndef SM_POSTGRES_VERSION_H
#define SM_POSTGRES_VERSION_H

#define SM_POSTGRES_VERSION_SIZE 32
/* Writes "15.18": the libpq that is loaded. */
void sm_postgres_library_version(char out[SM_POSTGRES_VERSION_SIZE]);
#endif
