/* Runs a fuzz target over files: each argument is a file or a folder of files. An empty folder is
 * an error, so that a corpus that went missing does not pass for a tested one. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

/* Into memory of just its size, so that AddressSanitizer sees a read beyond the end. */
static bool run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    uint8_t *data = NULL;
    bool good = false;

    if (file != NULL && fstat(fileno(file), &status) == 0) {
        size_t size = (size_t)status.st_size;

        data = malloc(size != 0 ? size : 1);
        good = data != NULL && fread(data, 1, size, file) == size;
        if (good)
            (void)LLVMFuzzerTestOneInput(data, size);
    }
    if (!good)
        (void)fprintf(stderr, "%s cannot be read: %s\n", path, strerror(errno));
    free(data);
    if (file != NULL)
        (void)fclose(file);
    return good;
}

/* Files run, -1 on failure. */
static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;

    if (folder == NULL)
        return run_file(path) ? 1 : -1;
    while (count >= 0 && (entry = readdir(folder)) != NULL) {
        char file[4096];

        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
        count = run_file(file) ? count + 1 : -1;
    }
    (void)closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++) {
        int more = run_folder(argv[i]);

        if (more <= 0) {
            (void)fprintf(stderr, "%s: no inputs\n", argv[i]);
            return EXIT_FAILURE;
        }
        count += more;
    }
    (void)printf("%d inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
