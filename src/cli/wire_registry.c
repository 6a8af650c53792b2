/* The wire's part that is the schema registry. */
#include "cli/schema_keeper.h"
#include "cli/wire_priv.h"
#include "registry/schemas.h"
#include "registry/subjects.h"

static struct sm_registry_client client_of(const struct sm__wire *wire)
{
    const struct sm_options *options = wire->options;

    return (struct sm_registry_client){
        .url = sm_options_text(options, SM_OPTION_REGISTRY),
        .user = sm_options_text(options, SM_OPTION_REGISTRY_USER),
        .password = sm_options_text(options, SM_OPTION_REGISTRY_PASSWORD),
        .token = sm_options_text(options, SM_OPTION_REGISTRY_TOKEN),
        .certificate_file = sm_options_text(options, SM_OPTION_REGISTRY_CERTIFICATE),
        .key_file = sm_options_text(options, SM_OPTION_REGISTRY_KEY),
        .ca_file = sm_options_text(options, SM_OPTION_REGISTRY_CA),
        .timeout_ms = sm_options_ms(options, SM_OPTION_REGISTRY_TIMEOUT),
    };
}

enum sm_status sm__wire_check_registry(const struct sm__wire *wire, struct sm_err *err)
{
    const struct sm_registry_client client = client_of(wire);

    return client.url == NULL ? SM_OK : sm_registry_client_check(&client, err);
}

enum sm_status sm__wire_schemas(struct sm__wire *wire, struct sm_schemas **out, struct sm_err *err)
{
    const struct sm_registry_client client = client_of(wire);
    struct sm_schemas *registry;
    enum sm_status status;

    *out = NULL;
    if (client.url == NULL)
        return SM_OK;
    status = sm_registry_schemas_open(&client, &registry, err);
    if (status == SM_OK)
        status = sm__schema_keeper_open(registry, &wire->postgres, client.url, out, err);
    return status;
}

enum sm_status sm__wire_subjects(const struct sm__wire *wire, struct sm_registry_subjects **out,
                                 struct sm_err *err)
{
    const struct sm_registry_client client = client_of(wire);

    *out = NULL;
    return client.url == NULL ? SM_OK : sm_registry_subjects_open(&client, out, err);
}
