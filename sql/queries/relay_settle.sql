SELECT marked, added, differing, repeated
FROM secretmagic_settle($1::bigint, $2::text, $3::integer[], $4::bigint[], $5::bigint[], $6::unit_command[],
                        $7::integer[], $8::bigint[])
