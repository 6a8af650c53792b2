/* One set of templates and one encoder for all histories. */
#include "sim/sim_commands.h"

#include "base/err.h"

static struct sm_templates *templates;
static struct sm_command_encoder *encoder;

const struct sm_templates *sim_templates(void)
{
    const struct sm_template_settings settings = { .columns = SM_SLICE("name VARCHAR(255)"),
                                                   .tables_database = SM_SLICE("features_common"),
                                                   .shared_database = SM_SLICE("features_shared"),
                                                   .replication = 1,
                                                   .buckets = 1,
                                                   .chunks = 1,
                                                   .data_quota = SM_SLICE(""),
                                                   .memory_limit = SM_SLICE("20%"),
                                                   .storage_volume = SM_SLICE(""),
                                                   .archive_path = SM_SLICE("archive") };
    struct sm_err err;

    if (templates == NULL)
        SM_ASSERT(sm_templates_create(&settings, NULL, 0, &templates, &err) == SM_OK);
    return templates;
}

struct sm_command_encoder *sim_command_encoder(void)
{
    if (encoder == NULL)
        encoder = sm_command_encoder_create(SM_COMMAND_JSON, 0);
    SM_ASSERT(encoder != NULL);
    return encoder;
}
