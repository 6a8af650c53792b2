INSERT INTO secretmagic_rebuild.surplus (table_name, client_id, kind, key)
VALUES ($1::text, $2::uuid, $3::public.stream_kind, $4::text) ON CONFLICT DO NOTHING
