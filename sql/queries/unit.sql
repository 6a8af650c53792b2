SELECT secretmagic_commit_unit($1::unit_position[], $2::smallint[], $3::boolean[], $4::bigint[],
                               $5::unit_head[], $6::unit_event[])
