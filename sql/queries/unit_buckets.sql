SELECT secretmagic_enter_buckets($1::smallint[], $2::boolean[], $3::bigint[])
