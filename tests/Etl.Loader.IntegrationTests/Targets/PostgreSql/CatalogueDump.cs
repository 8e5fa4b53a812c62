namespace Etl.Loader.IntegrationTests.Targets.PostgreSql;

/// <summary>Everything that the catalogue says of the relations of a schema, without the numbers that a new table cannot share.</summary>
internal static class CatalogueDump
{
    private const string Sql = """
        SELECT line FROM (
            SELECT format('relation %s kind %s owner %s acl %s options %s replica %s', c.oid::regclass, c.relkind, pg_get_userbyid(c.relowner),
                (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) AS a),
                c.reloptions, c.relreplident) AS line
            FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace
            UNION ALL
            SELECT format('column %s.%s %s notnull %s identity %s default %s acl %s storage %s target %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
                a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid), a.attacl, a.attstorage, a.attstattarget)
            FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
            UNION ALL
            SELECT format('index %s clustered %s replica %s', pg_get_indexdef(i.indexrelid), i.indisclustered, i.indisreplident)
            FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
            UNION ALL
            SELECT format('constraint %s %s %s', n.conrelid::regclass, n.conname, pg_get_constraintdef(n.oid)) FROM pg_constraint AS n WHERE n.connamespace = 'public'::regnamespace
            UNION ALL
            SELECT format('view %s %s', c.oid::regclass, pg_get_viewdef(c.oid)) FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v'
            UNION ALL
            SELECT format('comment %s %s', pg_describe_object(t.classoid, t.objoid, t.objsubid), t.description)
            FROM pg_description AS t
            WHERE (t.classoid = 'pg_class'::regclass AND t.objoid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace))
               OR (t.classoid = 'pg_constraint'::regclass AND t.objoid IN (SELECT oid FROM pg_constraint WHERE connamespace = 'public'::regnamespace))
            UNION ALL
            SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
            UNION ALL
            SELECT format('sequence %s last %s of %s', s.oid::regclass, pg_sequence_last_value(s.oid),
                (SELECT pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')))
            FROM pg_class AS s WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace
        ) AS lines
        ORDER BY line
        """;

    public static async Task<string> TakeAsync(PostgreSqlDatabase database) =>
        string.Join('\n', (await database.QueryAsync(Sql)).Select(r => r[0]));
}
