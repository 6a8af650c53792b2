#include "contract/registry_rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"

#define ARGUMENTS_MAX 12
#define MOMENT_MS     20

/* ---- the server ---- */

static pid_t spawn_server(const char *const *arguments, int from_us, int to_us)
{
    static const char script[] = SM_SOURCE_DIR "/tests/support/registry.py";
    char *argv[ARGUMENTS_MAX + 3] = { (char *)(uintptr_t) "python3", (char *)(uintptr_t)script };
    pid_t child = fork();

    if (child != 0)
        return child;
    for (size_t i = 0; i < ARGUMENTS_MAX && arguments != NULL && arguments[i] != NULL; i++)
        argv[i + 2] = (char *)(uintptr_t)arguments[i];
    (void)dup2(from_us, STDIN_FILENO);
    (void)dup2(to_us, STDOUT_FILENO);
    (void)execv("/usr/bin/python3", argv);
    _exit(127);
}

void registry_rig_open(struct registry_rig *rig, const char *const *arguments)
{
    int in[2], out[2], port = 0;
    FILE *said;

    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        abort();
    rig->server = spawn_server(arguments, in[0], out[1]);
    (void)close(in[0]);
    (void)close(out[1]);
    said = fdopen(out[0], "r");
    if (rig->server < 0 || said == NULL || fscanf(said, "%d", &port) != 1) {
        (void)fprintf(stderr, "tests/support/registry.py does not start\n");
        exit(EXIT_FAILURE);
    }
    (void)fclose(said);
    rig->server_stdin = in[1];
    registry_rig_use(rig, port, "/apis/ccompat/v7");
}

void registry_rig_close(struct registry_rig *rig)
{
    if (rig->server <= 0)
        return;
    (void)close(rig->server_stdin);
    (void)waitpid(rig->server, NULL, 0);
    rig->server = 0;
}

/* ---- HTTP ---- */

static int connect_to(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

int http_request(int port, const char *method, const char *path, const char *body, char *out,
                 size_t size)
{
    static char answer[65536];
    struct sm_buf request;
    size_t length = 0;
    ssize_t got;
    int fd = connect_to(port), status = 0;
    const char *content;

    sm_buf_init(&request, 1 << 20);
    sm_buf_printf(&request,
                  "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: "
                  "application/vnd.schemaregistry.v1+json\r\nContent-Length: %zu\r\n\r\n%s",
                  method, path, strlen(body), body);
    assert_false(sm_buf_failed(&request));
    assert_int_equal(send(fd, request.data, request.size, MSG_NOSIGNAL), request.size);
    while (length < sizeof(answer) - 1 &&
           (got = recv(fd, answer + length, sizeof(answer) - 1 - length, 0)) > 0)
        length += (size_t)got;
    answer[length] = '\0';
    (void)close(fd);
    sm_buf_deinit(&request);
    assert_int_equal(sscanf(answer, "HTTP/1.1 %d", &status), 1);
    content = strstr(answer, "\r\n\r\n");
    (void)snprintf(out, size, "%s", content != NULL ? content + 4 : "");
    return status;
}

void registry_rig_behave(const struct registry_rig *rig, uint32_t id, const char *mode)
{
    char path[128], out[64];

    (void)snprintf(path, sizeof(path), "/control/%u/%s", id, mode);
    assert_int_equal(http_request(rig->port, "POST", path, "", out, sizeof(out)), 200);
}

static unsigned ask_control(const struct registry_rig *rig, const char *what)
{
    char path[128], out[64];
    unsigned number;

    (void)snprintf(path, sizeof(path), "/control/%s", what);
    assert_int_equal(http_request(rig->port, "GET", path, "", out, sizeof(out)), 200);
    assert_int_equal(sscanf(out, "%u", &number), 1);
    return number;
}

unsigned registry_rig_peak(const struct registry_rig *rig)
{
    return ask_control(rig, "peak");
}

/* ---- the suite's rig ---- */

static struct sm_schemas *open_registry(void *context)
{
    const struct registry_rig *rig = context;
    struct sm_schemas *schemas = NULL;
    struct sm_err err;

    if (sm_registry_schemas_open(&rig->client, &schemas, &err) != SM_OK)
        fail_msg("%s", err.text);
    return schemas;
}

/* Each under a subject of its own, so that none has to be compatible with another. */
static uint32_t post(const struct registry_rig *rig, const char *body)
{
    static unsigned subjects;
    char path[128], out[4096];
    const char *id;
    unsigned number;
    int status;

    (void)snprintf(path, sizeof(path), "%s/subjects/test-%ld-%u/versions", rig->path,
                   (long)getpid(), ++subjects);
    status = http_request(rig->port, "POST", path, body, out, sizeof(out));
    if (status != 200)
        fail_msg("registering %s: HTTP status %d: %s", body, status, out);
    id = strstr(out, "\"id\":");
    assert_non_null(id);
    assert_int_equal(sscanf(id, "\"id\":%u", &number), 1);
    return number;
}

static uint32_t put(void *context, const char *text)
{
    struct sm_buf body;
    uint32_t id;

    sm_buf_init(&body, 1 << 20);
    sm_buf_append_text(&body, "{\"schema\":");
    sm_json_append_string(sm_slice_of(text), &body);
    sm_buf_append_text(&body, "}");
    assert_false(sm_buf_failed(&body));
    id = post(context, body.data);
    sm_buf_deinit(&body);
    return id;
}

/* Apicurio looks into the text to see of which type it is. */
static uint32_t put_other(void *context)
{
    return post(context, "{\"schemaType\":\"JSON\",\"schema\":\"{\\\"$schema\\\":"
                         "\\\"http://json-schema.org/draft-07/schema#\\\"}\"}");
}

static uint32_t put_referring(void *context)
{
    char path[128], out[4096];
    const struct registry_rig *rig = context;

    (void)snprintf(path, sizeof(path), "%s/subjects/part/versions", rig->path);
    assert_int_equal(http_request(rig->port, "POST", path,
                                  "{\"schema\":\"{\\\"type\\\":\\\"fixed\\\",\\\"name\\\":"
                                  "\\\"Part\\\",\\\"size\\\":2}\"}",
                                  out, sizeof(out)),
                     200);
    return post(context,
                "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"Whole\\\","
                "\\\"fields\\\":[{\\\"name\\\":\\\"a\\\",\\\"type\\\":\\\"Part\\\"}]}\","
                "\"references\":[{\"name\":\"Part\",\"subject\":\"part\",\"version\":1}]}");
}

static void set_away(void *context, uint32_t id, bool away)
{
    registry_rig_behave(context, id, away ? "status-503" : "well");
}

static size_t requests(void *context, uint32_t id)
{
    char what[16];

    (void)snprintf(what, sizeof(what), "%u", id);
    return ask_control(context, what);
}

static int64_t now_us(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Nothing else wakes us, so a descriptor or a time that the port forgets is seen as slowness. */
static void wait_as_told(void *context, struct sm_schemas *schemas)
{
    struct pollfd fds[SM_SCHEMAS_FDS_MAX];
    int64_t wake_us;
    size_t count = schemas->ops->wait(schemas, fds, &wake_us);
    int64_t left_us = wake_us == INT64_MAX ? INT64_MAX : wake_us - now_us(context);
    int timeout_ms = left_us > MOMENT_MS * 1000 ? MOMENT_MS : (int)((left_us + 999) / 1000);

    assert_true(count <= SM_SCHEMAS_FDS_MAX);
    (void)poll(fds, (nfds_t)count, timeout_ms > 0 ? timeout_ms : 0);
}

void registry_rig_use(struct registry_rig *rig, int port, const char *path)
{
    rig->port = port;
    (void)snprintf(rig->path, sizeof(rig->path), "%s", path);
    (void)snprintf(rig->url, sizeof(rig->url), "http://127.0.0.1:%d%s", port, path);
    rig->client = (struct sm_registry_client){ .url = rig->url };
    rig->rig = (struct schemas_rig){ .context = rig,
                                     .open = open_registry,
                                     .put = put,
                                     .put_other = put_other,
                                     .put_referring = put_referring,
                                     .unknown_id = 1000000000,
                                     .set_away = rig->server > 0 ? set_away : NULL,
                                     .requests = rig->server > 0 ? requests : NULL,
                                     .wait = wait_as_told,
                                     .now_us = now_us };
}

/* ---- a real one ---- */

static void use_address(struct registry_rig *rig, const char *address)
{
    char path[64] = "";
    int port;

    if (sscanf(address, "http://127.0.0.1:%d%63s", &port, path) < 1) {
        (void)fprintf(stderr, "no address of a registry on this machine: %s\n", address);
        exit(EXIT_FAILURE);
    }
    registry_rig_use(rig, port, path);
}

void registry_rig_use_stack(struct registry_rig *rig)
{
    const char *address = getenv("SECRETMAGIC_TEST_REGISTRY");
    const char *folder = getenv("SECRETMAGIC_TEST_REGISTRY_STACK");
    char command[512], line[256], found[128];
    FILE *pipe;

    if (address != NULL) {
        use_address(rig, address);
        return;
    }
    (void)snprintf(command, sizeof(command), "%s/scripts/stack env registry --dir %s",
                   SM_SOURCE_DIR, folder != NULL ? folder : "nothing");
    pipe = popen(command, "r");
    if (pipe == NULL || fgets(line, sizeof(line), pipe) == NULL || pclose(pipe) != 0 ||
        sscanf(line, "export SECRETMAGIC_REGISTRY=%127s", found) != 1) {
        (void)fprintf(stderr, "%s: no registry; hint: SECRETMAGIC_TEST_REGISTRY has an address\n",
                      command);
        exit(EXIT_FAILURE);
    }
    use_address(rig, found);
}
