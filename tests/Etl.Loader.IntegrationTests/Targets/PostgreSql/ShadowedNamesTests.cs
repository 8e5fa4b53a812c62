using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Microsoft.Extensions.Options;
using Npgsql;
using PostgreSqlSessions = Etl.Loader.Targets.PostgreSql.Sessions;
using PostgreSqlTuning = Etl.Loader.Targets.PostgreSql.Settings;

namespace Etl.Loader.IntegrationTests.Targets.PostgreSql;

/// <summary>
/// In schema public, where everyone may create on PostgreSQL 14, stand functions and operators named as PostgreSQL's own, of types that fit better. Anyone who
/// looks for names there calls them, with the rights of the loader.
/// </summary>
public sealed class ShadowedNamesTests(PostgresServer server)
{
    /// <summary>As an analyst could make them. Each ends the statement that calls it.</summary>
    private const string Traps = """
        DO $traps$
        DECLARE
            trap text;
        BEGIN
            FOREACH trap IN ARRAY ARRAY[
                'quote_ident(name) RETURNS text', 'quote_literal(name) RETURNS text', 'starts_with(name, text) RETURNS boolean', 'left(name, int) RETURNS text',
                'length(name) RETURNS int', 'lower(name) RETURNS text', 'replace(name, text, text) RETURNS text', 'format_type(oid, bigint) RETURNS text',
                'string_agg(name, text) RETURNS text', 'concat(name, name) RETURNS text', 'join(name, text) RETURNS text', 'join(text, name) RETURNS text',
                'same(name, varchar) RETURNS boolean', 'hashtext(varchar) RETURNS int', 'now(int) RETURNS int', 'to_regclass(varchar) RETURNS regclass']
            LOOP
                EXECUTE format('CREATE FUNCTION public.%s LANGUAGE plpgsql AS %L', trap, 'BEGIN RAISE EXCEPTION ''trapped %'', current_user; END');
            END LOOP;
            CREATE OPERATOR public.|| (LEFTARG = name, RIGHTARG = text, FUNCTION = public.join);
            CREATE OPERATOR public.|| (LEFTARG = text, RIGHTARG = name, FUNCTION = public.join);
            CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = varchar, FUNCTION = public.same);
        END
        $traps$
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_load_its_reload_and_an_append_call_none_of_them_and_keep_what_users_made_with_names_of_theirs()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await database.QueryAsync(Traps);
        var trapped = await Assert.ThrowsAsync<PostgresException>(() => database.QueryAsync("SELECT quote_ident('x'::name)"));
        Assert.StartsWith("trapped", trapped.MessageText, StringComparison.Ordinal);

        await using var loader = new TargetDriver(database.Target());
        await loader.LoadAsync("orders", Orders(["1", "10", "a"]));

        // A type, a function, an operator and a sequence of the users' own, all of them in public and named without it.
        await database.QueryAsync("""
            CREATE SCHEMA sales;
            CREATE DOMAIN sales.amount AS numeric;
            CREATE FUNCTION public.twice(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
            CREATE FUNCTION public.alike(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a = b';
            CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = public.alike);
            CREATE SEQUENCE public.notes;
            SET search_path = public, sales;
            ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'n' || nextval('notes')::text, ADD CONSTRAINT even CHECK (twice(id) > 0);
            CREATE INDEX by_twice ON orders (twice(customer)) WHERE twice(id) > 0;
            CREATE VIEW large AS SELECT twice(id) AS id, customer::amount AS customer, note === 'b' AS is_b FROM orders;
            CREATE VIEW larger AS SELECT id FROM large;
            """);
        var before = await CatalogueDump.TakeAsync(database);
        await loader.LoadAsync("orders", Orders(["2", "20", "b"], ["3", "10", null]));
        Assert.Equal(before, await CatalogueDump.TakeAsync(database));
        Assert.Equal([["4", "20", "t"], ["6", "10", null]], await database.QueryAsync("SELECT id, customer, is_b FROM public.large ORDER BY id"));
        await loader.LoadAsync("orders", Orders(["4", "40", "d"]), LoadMode.Append);
        Assert.Equal([["3"]], await database.QueryAsync("SELECT count(*) FROM public.larger"));
        await loader.Target.Upkeep.MissingTablesAsync(Token);
        await loader.Target.Upkeep.StagedLoadsAsync(Token);
    }

    [Fact]
    public async Task Every_session_of_ours_looks_in_pg_catalog_first_whatever_the_connection_string_says()
    {
        var given = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync("path")) { SearchPath = "public", Options = "-c search_path=public -c work_mem=8MB" };
        await using var queue = new QueueDatabase(Options.Create(new QueueOptions { ConnectionString = given.ConnectionString }));
        await using var locks = new NpgsqlConnection(queue.LockConnectionString("test"));
        await locks.OpenAsync(Token);
        await using var sessions = new PostgreSqlSessions("warehouse", given.ConnectionString, new TargetOptions(), new PostgreSqlTuning());
        await using var reading = await sessions.OpenReadingAsync(Token);
        var ours = new[]
        {
            await queue.OpenAsync(Token), await queue.LaneSource.OpenConnectionAsync(Token), locks, reading.Connection, await sessions.OpenWritingAsync(1, Token),
            await sessions.OpenProbingAsync(Token),
        };
        foreach (var connection in ours)
        {
            Assert.Equal([["pg_catalog,pg_temp", "8MB"]], await PostgreSqlDatabase.QueryAsync(connection, "SELECT current_setting('search_path'), current_setting('work_mem')"));
            await connection.DisposeAsync();
        }

        // And again after the pool has reset a session.
        await using var again = await queue.OpenAsync(Token);
        Assert.Equal([["pg_catalog,pg_temp"]], await PostgreSqlDatabase.QueryAsync(again, "SHOW search_path"));
    }

    private static MemoryDataset Orders(params string?[][] rows) =>
        MemoryDataset.Of([("id", TypeKind.BigInt), ("customer", TypeKind.BigInt), ("note", TypeKind.Text)], rows);
}
