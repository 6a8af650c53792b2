-- What a rebuild keeps until it applies it, in a schema of its own: rows as the log says that they are
-- (with the head of the stream of each, whose version tells whether the log has gone on since), and
-- which rows are one too many.
CREATE SCHEMA secretmagic_rebuild;
COMMENT ON SCHEMA secretmagic_rebuild IS 'A rebuild that is under way, or was given up: secretmagic replay clean removes it.';
CREATE TABLE secretmagic_rebuild.state (scope text NOT NULL, looked_until uuid, looked_all boolean NOT NULL DEFAULT false);
CREATE TABLE secretmagic_rebuild.heads (LIKE public.heads INCLUDING DEFAULTS, PRIMARY KEY (client_id, kind, key));
CREATE TABLE secretmagic_rebuild.clients (LIKE public.clients INCLUDING DEFAULTS, PRIMARY KEY (id));
CREATE TABLE secretmagic_rebuild.tenants (LIKE public.tenants INCLUDING DEFAULTS INCLUDING GENERATED, PRIMARY KEY (client_id));
CREATE TABLE secretmagic_rebuild.batches (LIKE public.batches INCLUDING DEFAULTS, PRIMARY KEY (client_id, id));
CREATE TABLE secretmagic_rebuild.bom_explosion_status (LIKE public.bom_explosion_status INCLUDING DEFAULTS, PRIMARY KEY (client_id));
CREATE TABLE secretmagic_rebuild.feature_metadata (LIKE public.feature_metadata INCLUDING DEFAULTS, PRIMARY KEY (client_id, feature_name));
CREATE TABLE secretmagic_rebuild.data_types (LIKE public.data_types INCLUDING DEFAULTS, PRIMARY KEY (code));
CREATE TABLE secretmagic_rebuild.feature_types (LIKE public.feature_types INCLUDING DEFAULTS, PRIMARY KEY (code));
CREATE TABLE secretmagic_rebuild.surplus (
    table_name text NOT NULL,
    client_id uuid NOT NULL,
    kind public.stream_kind NOT NULL,
    key varchar(255) COLLATE "C" NOT NULL,
    PRIMARY KEY (table_name, client_id, kind, key)
);
CREATE VIEW secretmagic_rebuild.tables (place, name, columns, client, key) AS
VALUES (1, 'heads', 'client_id, kind, key', 'client_id', 'key'),
       (2, 'clients', 'id', 'id', NULL),
       (3, 'tenants', 'client_id', 'client_id', NULL),
       (4, 'batches', 'client_id, id', 'client_id', 'id'),
       (5, 'bom_explosion_status', 'client_id', 'client_id', NULL),
       (6, 'feature_metadata', 'client_id, feature_name', 'client_id', 'feature_name'),
       (7, 'data_types', 'code', NULL, 'code'),
       (8, 'feature_types', 'code', NULL, 'code');
-- Of whom something is kept whose stream has gone on since; what is kept of that client is forgotten.
CREATE FUNCTION secretmagic_rebuild.stale() RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    found uuid;
    t record;
BEGIN
    SELECT k.client_id INTO found
    FROM (SELECT client_id, kind, key, version FROM secretmagic_rebuild.heads
          UNION ALL SELECT client_id, kind, key, 0 FROM secretmagic_rebuild.surplus) k
    WHERE (SELECT e.version FROM public.events e WHERE e.client_id = k.client_id AND e.kind = k.kind AND e.key = k.key
           ORDER BY e.created_at DESC LIMIT 1) > k.version
    LIMIT 1;
    IF found IS NOT NULL THEN
        FOR t IN SELECT * FROM secretmagic_rebuild.tables LOOP
            EXECUTE format('DELETE FROM secretmagic_rebuild.%I WHERE %s = $1', t.name,
                coalesce(t.client, '''00000000-0000-0000-0000-000000000000''::uuid')) USING found;
        END LOOP;
        DELETE FROM secretmagic_rebuild.surplus WHERE client_id = found;
    END IF;
    RETURN found;
END $$;
-- Everything that is kept, into the tables.
CREATE FUNCTION secretmagic_rebuild.apply(OUT table_name text, OUT written bigint, OUT removed bigint)
    RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    t record;
    columns text;
BEGIN
    -- Organization ids may change places: while rows are written nobody has one that moves.
    UPDATE public.clients c SET organization_id = '!' || c.id
    FROM secretmagic_rebuild.clients s WHERE s.id = c.id AND s.organization_id <> c.organization_id;
    FOR t IN SELECT * FROM secretmagic_rebuild.tables ORDER BY place LOOP
        table_name := t.name;
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
        WHERE attrelid = format('public.%I', t.name)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format('DELETE FROM public.%I l USING secretmagic_rebuild.surplus s WHERE s.table_name = $1 AND %s AND %s AND %s',
            t.name, coalesce('l.' || t.client || ' = s.client_id', 'true'), coalesce('l.' || t.key || ' = s.key', 'true'),
            CASE t.name WHEN 'heads' THEN 'l.kind = s.kind' ELSE 'true' END)
            USING CASE t.name WHEN 'tenants' THEN 'clients' ELSE t.name END;
        GET DIAGNOSTICS removed = ROW_COUNT;
        EXECUTE format('INSERT INTO public.%1$I AS l (%2$s) SELECT %2$s FROM secretmagic_rebuild.%1$I
            ON CONFLICT (%3$s) DO UPDATE SET (%2$s) = ROW(%4$s) WHERE ROW(%5$s)::text IS DISTINCT FROM ROW(%4$s)::text',
            t.name, columns, t.columns, 'excluded.' || replace(columns, ', ', ', excluded.'),
            'l.' || replace(columns, ', ', ', l.'));
        GET DIAGNOSTICS written = ROW_COUNT;
        RETURN NEXT;
    END LOOP;
END $$;
