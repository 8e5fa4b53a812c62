using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>What each role of <c>infra/postgres</c> must do works, with the product's own processes; what it must not do is refused by the database.</summary>
public sealed class RolesTests(RolesStand stand) : IClassFixture<RolesStand>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watcher_loader_operator_and_viewer_do_their_work_with_their_own_roles()
    {
        await using var watcher = RunningVerb.Start(RunningUp.Executable, "watch", stand.Settings("etl_watcher", "nobody"), stand.Place);
        await using var loader = RunningVerb.Start(RunningUp.Executable, "serve", stand.Settings("etl_lanes", "etl_lanes"), stand.Place);
        string Seen() => $"watcher:\n{watcher.Said}\nloader:\n{loader.Said}\ninbox: {string.Join(", ", Directory.EnumerateFiles(stand.Inbox).Select(Path.GetFileName))}";

        await DeliverAsync("orders.csv", "id,amount\n1,9.50\n2,12.00\n");
        await Deadline.UntilAsync(() => File.Exists(In("orders.csv.loaded")), Seen, token: Token);

        // Again over the table that is there, with a view on it: the swap is the loader's too.
        await RolesStand.ExecuteAsync(stand.ConnectionString("warehouse", "etl_lanes"), "CREATE VIEW large AS SELECT id FROM orders WHERE amount > 10");
        await DeliverAsync("orders.csv", "id,amount\n1,9.50\n2,12.00\n3,14.00\n");
        await Deadline.UntilAsync(() => File.Exists(In("orders.csv.loaded")) && File.ReadAllText(In("orders.csv.loaded")).Contains("\"rows_loaded\": 3", StringComparison.Ordinal), Seen, token: Token);
        Assert.Equal(3L, await stand.ScalarAsync("warehouse", "etl_viewer", "SELECT count(*) FROM orders"));

        await VerbAsync("etl_operator", "pause warehouse --reason checking");
        await DeliverAsync("bad.csv", "id\n1\n", "{ \"schema\": { \"nothing\": \"bigint\" } }");
        await Deadline.UntilAsync(() => File.Exists(In("bad.csv.queued")), Seen, token: Token);
        await VerbAsync("etl_operator", "resume warehouse");
        await Deadline.UntilAsync(() => File.Exists(In("bad.csv.failed")), Seen, token: Token);
        await VerbAsync("etl_operator", "requeue --failed");
        await VerbAsync("etl_operator", "wait --timeout 60s", 0, 1);
        var first = await stand.ScalarAsync("queue", "etl_viewer", "SELECT load_id::text FROM etl_loader.load_status WHERE dataset = 'orders.csv' ORDER BY accepted_at LIMIT 1");
        await VerbAsync("etl_operator", $"reload {first}");
        await VerbAsync("etl_operator", "wait --timeout 60s", 0, 1);
        await VerbAsync("etl_viewer", "status");
        await VerbAsync("etl_viewer", "loads");
        await VerbAsync("etl_viewer", $"show {first}");
        var (code, _) = await RunningVerb.RunAsync(RunningUp.Executable, "pause warehouse", stand.Settings("etl_viewer", "nobody"), stand.Place);
        Assert.NotEqual(0, code);

        Assert.Equal(0, await watcher.StopAsync());
        Assert.Equal(0, await loader.StopAsync());
        Assert.DoesNotContain("permission denied", watcher.Said + loader.Said, StringComparison.OrdinalIgnoreCase);

        // Nor does a process ask for what it then does without.
        Assert.DoesNotContain("signing_keys", await stand.ReadServerLogAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_of_another_role_stops_a_reload_which_names_it_and_changes_nothing()
    {
        await using var watcher = RunningVerb.Start(RunningUp.Executable, "watch", stand.Settings("etl_watcher", "nobody"), stand.Place);
        await using var loader = RunningVerb.Start(RunningUp.Executable, "serve", stand.Settings("etl_lanes", "etl_lanes"), stand.Place);
        await DeliverAsync("seen.csv", "id\n1\n");
        await Deadline.UntilAsync(() => File.Exists(In("seen.csv.loaded")), () => watcher.Said + loader.Said, token: Token);
        await RolesStand.ExecuteAsync(stand.Superuser("warehouse"), "CREATE VIEW public.of_somebody AS SELECT id FROM public.seen");
        await DeliverAsync("seen.csv", "id\n1\n2\n");
        await Deadline.UntilAsync(() => File.Exists(In("seen.csv.failed")), () => watcher.Said + loader.Said, token: Token);
        var reported = await File.ReadAllTextAsync(In("seen.csv.failed"), Token);
        Assert.Contains("View public.of_somebody depends on the table and belongs to another role", reported, StringComparison.Ordinal);
        Assert.Contains("ALTER VIEW public.of_somebody OWNER TO", reported, StringComparison.Ordinal);
        Assert.Equal(1L, await stand.ScalarAsync("warehouse", "etl_viewer", "SELECT count(*) FROM public.seen"));
    }

    [Fact]
    public async Task A_watcher_that_is_killed_over_an_inbox_that_it_only_reads_takes_nothing_twice()
    {
        var inbox = Directory.CreateDirectory(Path.Combine(stand.Place, "read")).FullName;
        var settings = stand.Settings("etl_watcher", "nobody");
        settings["Loader__Inboxes__read__Path"] = inbox;
        settings["Loader__Inboxes__read__Target"] = "warehouse";
        settings["Loader__Inboxes__read__Markers"] = "none";
        await File.WriteAllTextAsync(Path.Combine(inbox, ".etl-loader-inbox"), Guid.CreateVersion7().ToString(), Token);
        foreach (var name in new[] { "first", "second" })
        {
            await File.WriteAllTextAsync(Path.Combine(inbox, $"{name}.csv"), "id\n1\n", Token);
            await File.WriteAllTextAsync(Path.Combine(inbox, $"{name}.csv.trigger"), "", Token);

            // Disposal kills it.
            await using var watcher = RunningVerb.Start(RunningUp.Executable, "watch", settings, stand.Place);
            await Deadline.WaitAsync(
                async () => await stand.ScalarAsync("queue", "etl_viewer", $"SELECT count(*) FROM etl_loader.taken_triggers WHERE path = '{name}.csv.trigger'") is 1L ? "" : null,
                () => watcher.Said,
                token: Token);
            Assert.DoesNotContain("permission denied", watcher.Said, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal("first.csv,second.csv", await stand.ScalarAsync("queue", "etl_viewer", "SELECT string_agg(dataset, ',' ORDER BY dataset) FROM etl_loader.load WHERE inbox = 'read'"));
        Assert.Equal(5, Directory.GetFiles(inbox).Length);
        await RolesStand.ExecuteAsync(stand.Superuser("queue"), "DELETE FROM etl_loader.load WHERE inbox = 'read'");
    }

    /// <summary>Who did it and when is what the server says, also where a role names them.</summary>
    [Fact]
    public async Task The_audit_has_the_role_and_the_time_of_the_session_that_wrote_it()
    {
        foreach (var role in new[] { "etl_watcher", "etl_operator", "etl_lanes" })
        {
            await RolesStand.ExecuteAsync(stand.ConnectionString("queue", role), $"INSERT INTO etl_loader.audit (actor, action) VALUES ('somebody', 'test of {role}')");
            Assert.Equal(role, await stand.ScalarAsync("queue", "etl_viewer", $"SELECT database_role FROM etl_loader.audit WHERE action = 'test of {role}' AND at > now() - interval '1 minute'"));
        }

        // Even the owner of the table, who may name all columns.
        await RolesStand.ExecuteAsync(stand.ConnectionString("queue", "etl_owner"), "INSERT INTO etl_loader.audit (actor, action, at, database_role) VALUES ('somebody', 'test of etl_owner', '2001-01-01', 'etl_viewer')");
        Assert.Equal("etl_owner", await stand.ScalarAsync("queue", "etl_viewer", "SELECT database_role FROM etl_loader.audit WHERE action = 'test of etl_owner' AND at > now() - interval '1 minute'"));
    }

    [Theory]
    [InlineData("etl_watcher", "queue", "INSERT INTO etl_loader.audit (actor, action, at) VALUES ('me', 'nothing', '2001-01-01')")]
    [InlineData("etl_operator", "queue", "INSERT INTO etl_loader.audit (actor, action, database_role) VALUES ('me', 'nothing', 'etl_lanes')")]
    [InlineData("etl_lanes", "queue", "INSERT INTO etl_loader.audit (id, actor, action) OVERRIDING SYSTEM VALUE VALUES (1, 'me', 'nothing')")]
    [InlineData("etl_operator", "queue", "UPDATE etl_loader.load SET receipt = '{}'")]
    [InlineData("etl_watcher", "queue", "SELECT pg_try_advisory_lock(6648940, hashtext('lane warehouse'))")]
    [InlineData("etl_viewer", "queue", "SELECT pg_advisory_lock_shared(6648940, hashtext('lane warehouse'))")]
    [InlineData("etl_viewer", "queue", "SELECT pg_advisory_xact_lock(6648940, 1)")]
    [InlineData("etl_watcher", "queue", "CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE sql AS 'SELECT 1::text'")]
    [InlineData("etl_viewer", "warehouse", "CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE sql AS 'SELECT 1::text'")]
    [InlineData("etl_watcher", "queue", "ALTER TABLE hangfire.job DISABLE TRIGGER USER")]
    [InlineData("etl_operator", "queue", "CREATE OR REPLACE FUNCTION etl_loader.job_refusal(invocation jsonb, arguments jsonb) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'")]
    [InlineData("etl_watcher", "queue", "SET session_replication_role = replica")]
    [InlineData("etl_watcher", "queue", "UPDATE etl_loader.load SET status = 'loaded'")]
    [InlineData("etl_watcher", "queue", "DELETE FROM etl_loader.load")]
    [InlineData("etl_watcher", "queue", "UPDATE hangfire.jobqueue SET fetchedat = now()")]
    [InlineData("etl_watcher", "queue", "DELETE FROM hangfire.jobqueue")]
    [InlineData("etl_watcher", "queue", "INSERT INTO etl_loader.lane_status (target) VALUES ('warehouse')")]
    [InlineData("etl_watcher", "queue", "CREATE TABLE etl_loader.mine (id int)")]
    [InlineData("etl_watcher", "warehouse", "SELECT FROM etl_loader.receipts")]
    [InlineData("etl_operator", "queue", "DELETE FROM etl_loader.load")]
    [InlineData("etl_operator", "queue", "UPDATE etl_loader.audit SET actor = 'nobody'")]
    [InlineData("etl_operator", "queue", "DELETE FROM etl_loader.audit")]
    [InlineData("etl_operator", "queue", "DROP TABLE etl_loader.load")]
    [InlineData("etl_lanes", "queue", "DELETE FROM etl_loader.audit")]
    [InlineData("etl_lanes", "queue", "UPDATE etl_loader.installation SET id = gen_random_uuid()")]
    [InlineData("etl_lanes", "queue", "ALTER TABLE etl_loader.load ADD COLUMN mine int")]
    [InlineData("etl_lanes", "queue", "CREATE TABLE public.mine (id int)")]
    [InlineData("etl_lanes", "warehouse", "UPDATE etl_loader.receipts SET rows_loaded = 0")]
    [InlineData("etl_lanes", "warehouse", "DELETE FROM etl_loader.receipts")]
    [InlineData("etl_lanes", "warehouse", "CREATE SCHEMA another")]
    [InlineData("etl_lanes", "warehouse", "DROP TABLE etl_loader.lane")]
    [InlineData("etl_viewer", "queue", "UPDATE etl_loader.load SET status = 'queued'")]
    [InlineData("etl_viewer", "queue", "INSERT INTO etl_loader.audit (actor, action) VALUES ('me', 'nothing')")]
    [InlineData("etl_viewer", "warehouse", "SELECT raw FROM etl_loader.rejects")]
    [InlineData("etl_viewer", "warehouse", "SELECT FROM etl_loader_staging.anything")]
    public async Task What_a_role_must_not_do_fails(string role, string database, string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => RolesStand.ExecuteAsync(stand.ConnectionString(database, role), sql));
        Assert.True(
            refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{refusal.SqlState} {refusal.MessageText}: not refused for want of a right");
    }

    /// <summary>A load that is there has a job already; one that is being accepted gets its first.</summary>
    [Fact]
    public async Task The_watchers_role_gives_a_load_its_first_job_and_no_other()
    {
        const string Accept = "INSERT INTO etl_loader.load (load_id, inbox, dataset, target, table_name, mode, priority, status, stage, spec) "
            + "VALUES ('01a22507-0000-7000-8000-000000000001', 'in', 'd', 'nowhere', 't', 'replace', 'normal', 'queued', 'accepted', '{}')";
        var watcher = stand.ConnectionString("queue", "etl_watcher");
        await RolesStand.ExecuteAsync(watcher, Accept);
        await RolesStand.ExecuteAsync(watcher, "UPDATE etl_loader.load SET job_id = '1' WHERE target = 'nowhere'");
        foreach (var job in new[] { "'2'", "NULL" })
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => RolesStand.ExecuteAsync(watcher, $"UPDATE etl_loader.load SET job_id = {job} WHERE target = 'nowhere'"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }

        await RolesStand.ExecuteAsync(stand.ConnectionString("queue", "etl_operator"), "UPDATE etl_loader.load SET job_id = '2' WHERE target = 'nowhere'");
        await RolesStand.ExecuteAsync(stand.Superuser("queue"), "DELETE FROM etl_loader.load WHERE target = 'nowhere'");
    }

    /// <summary>Each process shows all figures under <c>/metrics</c>.</summary>
    [Theory]
    [InlineData("etl_watcher")]
    [InlineData("etl_lanes")]
    public async Task Anyone_who_runs_a_process_may_read_the_figures(string role)
    {
        await using var database = new QueueDatabase(Options.Create(new QueueOptions { ConnectionString = stand.ConnectionString("queue", role) }));
        Assert.NotNull(await new LedgerFigures(database).ReadAsync(Token));
    }

    /// <summary>A table that a later version adds is no one's but the loader's until the file names it.</summary>
    [Fact]
    public async Task Every_table_of_the_ledger_is_the_owners_and_the_loader_can_read_it() => Assert.Equal(0L, await stand.ScalarAsync(
        "queue",
        "etl_owner",
        """
        SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('etl_loader', 'hangfire') AND c.relkind IN ('r', 'p', 'v')
          AND (pg_get_userbyid(c.relowner) <> 'etl_owner' OR NOT has_table_privilege('etl_lanes', c.oid, 'SELECT'))
        """));

    /// <summary>A later version may replace one, which only its owner can.</summary>
    [Fact]
    public async Task Every_routine_of_the_ledger_is_the_owners() => Assert.Equal(0L, await stand.ScalarAsync(
        "queue",
        "etl_owner",
        """
        SELECT count(*) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname = 'etl_loader' AND pg_get_userbyid(p.proowner) <> 'etl_owner'
        """));

    [Theory]
    [InlineData("watch")]
    [InlineData("serve --no-dashboard")]
    public async Task Without_the_schema_a_process_ends_with_2_and_names_the_command(string verb)
    {
        var settings = stand.Settings("etl_lanes", "etl_lanes");
        settings["ConnectionStrings__Queue"] = await stand.CreateDatabaseAsync("empty_" + verb[..5]);
        var (code, said) = await RunningVerb.RunAsync(RunningUp.Executable, verb, settings, stand.Place);
        Assert.True(code == 2 && said.Contains("etl-loader migrate --sql", StringComparison.Ordinal), $"{code}: {said}");
    }

    [Theory]
    [InlineData("migrate --sql")]
    [InlineData("migrate --target warehouse --sql")]
    public async Task What_migrate_prints_makes_the_schema(string verb)
    {
        var (code, sql) = await RunningVerb.RunAsync(RunningUp.Executable, verb, stand.Settings("etl_owner", "etl_owner"), stand.Place);
        Assert.Equal(0, code);
        var database = await stand.CreateDatabaseAsync("printed_" + verb.Length);
        await RolesStand.ExecuteAsync(database, sql);
        var settings = stand.Settings("etl_owner", "etl_owner");
        settings[verb.Contains("target", StringComparison.Ordinal) ? "Loader__Targets__warehouse__ConnectionString" : "ConnectionStrings__Queue"] = database;
        var (again, said) = await RunningVerb.RunAsync(RunningUp.Executable, verb.Replace(" --sql", "", StringComparison.Ordinal), settings, stand.Place);
        Assert.True(again == 0 && said.Contains("up to date", StringComparison.Ordinal), said);
    }

    private string In(string name) => Path.Combine(stand.Inbox, name);

    private async Task DeliverAsync(string name, string content, string trigger = "")
    {
        File.Delete(In(name + ".loaded"));
        await File.WriteAllTextAsync(In(name), content, Token);
        await File.WriteAllTextAsync(In(name + ".trigger"), trigger, Token);
    }

    private async Task VerbAsync(string role, string verb, params int[] codes)
    {
        var (code, said) = await RunningVerb.RunAsync(RunningUp.Executable, verb, stand.Settings(role, "nobody"), stand.Place);
        Assert.True(code == 0 || codes.Contains(code), $"etl-loader {verb} as {role} ended with {code}:\n{said}");
    }
}
