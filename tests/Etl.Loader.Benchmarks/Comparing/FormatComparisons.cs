using System.Runtime.CompilerServices;

namespace Etl.Loader.Benchmarks.Comparing;

/// <summary>Our load beside other ways for other forms of the data, and beside another loader. In the settings in which <c>up</c> comes.</summary>
internal static class FormatComparisons
{
    private const string Csv = "lineitem.csv";

    public static async IAsyncEnumerable<Result> GzipAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        await PrepareAsync(up, settings.Rows, token);
        const string gzip = "lineitem_gzip.csv.gz";
        var packed = up.InboxPath("warehouse", gzip);
        await Shell.RunAsync($"gzip -c '{up.InboxPath("warehouse", Csv)}' > '{packed}' && sync '{packed}'", null, token);
        File.Delete(up.InboxPath("warehouse", Csv));
        yield return await PairsAsync(
            up,
            settings,
            "gzip into PostgreSQL, reload",
            () => up.LoadAsync("warehouse", gzip, token),
            @"`zcat | psql \copy`",
            () => CopyTable.FillAsync(up, $"zcat '{packed}' | $psql -c '\\copy {CopyTable.Name} FROM STDIN {CopyTable.Options}'", token),
            Limit.AtLeast(1.3),
            token);
    }

    public static async IAsyncEnumerable<Result> ParquetAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        await PrepareAsync(up, settings.Rows, token);
        var csv = up.InboxPath("warehouse", Csv);
        const string name = "lineitem_parquet.parquet";
        var parquet = up.InboxPath("warehouse", name);
        var between = Path.Combine(up.Directory, "between.csv");
        var types = await CopyTable.TypesOfAsync(csv, token);
        await DuckDb.RunAsync(":memory:", $"COPY (SELECT * FROM {DuckDb.ReadCsv(csv, types)}) TO '{parquet}' (FORMAT parquet)", token);
        await Shell.RunAsync($"sync '{parquet}'", null, token);
        File.Delete(csv);
        yield return await PairsAsync(
            up,
            settings,
            "Parquet into PostgreSQL, reload",
            () => up.LoadAsync("warehouse", name, token),
            @"DuckDB to CSV, then `psql \copy`",
            async () => await DuckDb.RunAsync(":memory:", $"COPY (SELECT * FROM read_parquet('{parquet}')) TO '{between}' {CopyTable.Options}", token)
                + await CopyTable.FillAsync(up, CopyTable.CopyFrom(between), token),
            Limit.AtLeast(2),
            token);
    }

    /// <summary>On a tenth of the rows: it takes minutes for each gigabyte.</summary>
    public static async IAsyncEnumerable<Result> PgloaderAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        if (Shell.Find("pgloader") is not { } program)
        {
            yield return new NotMeasured("pgloader", "pgloader is not installed; as root infra/bench installs Debian's package.");
            yield break;
        }

        await using var up = await Up.StartAsync(token);
        var rows = Math.Max(1, settings.Rows / 10);
        await PrepareAsync(up, rows, token);
        var command = Path.Combine(up.Directory, "lineitem.load");
        await File.WriteAllTextAsync(
            command,
            $"""
            LOAD CSV
              FROM '{up.InboxPath("warehouse", Csv)}'
              INTO {PgloaderTarget(up)}
              TARGET TABLE {CopyTable.Name}
              WITH skip header = 1, fields optionally enclosed by '"', fields terminated by ',';

            """,
            token);
        yield return await PairsAsync(
            up,
            settings,
            FormattableString.Invariant($"CSV into PostgreSQL, {rows:#,0} rows, reload"),
            () => up.LoadAsync("warehouse", Csv, token),
            await PgloaderVersionAsync(program, token),
            () => PgloaderFillAsync(up, program, command, rows, token),
            null,
            token);
    }

    /// <summary>Beside DuckDB's own reader twice: given our types, so that both make the same table, and as it comes, with decimals as DOUBLE.</summary>
    public static async IAsyncEnumerable<Result> DuckDbAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        var csv = up.InboxPath("lake", Csv);
        await new LineitemFile(settings.Rows).WriteAsync(csv, token);
        await up.LoadAsync("lake", Csv, token);
        var types = await CopyTable.TypesOfAsync(csv, token);
        var typed = Path.Combine(up.Directory, "typed.duckdb");
        var sniffed = Path.Combine(up.Directory, "sniffed.duckdb");
        List<double> ours = [], sameTypes = [], byDefault = [];
        await PageCache.FillAsync(csv, token);
        for (var i = 0; i < settings.Repeat; i++)
        {
            ours.Add(await up.LoadAsync("lake", Csv, token));
            sameTypes.Add(await DuckDb.RunAsync(typed, $"CREATE OR REPLACE TABLE lineitem AS SELECT * FROM {DuckDb.ReadCsv(csv, types)}", token));
            byDefault.Add(await DuckDb.RunAsync(sniffed, $"CREATE OR REPLACE TABLE lineitem AS SELECT * FROM read_csv('{csv}')", token));
        }

        const string peer = "DuckDB's `CREATE TABLE AS SELECT * FROM read_csv(…)`, told our types";
        var limit = new Limit(1 / 1.2, Least: true, "≤ 1.2 × its time");
        yield return new Comparison("CSV into DuckDB, reload", ours, peer, sameTypes, limit);
        yield return new Comparison("CSV into DuckDB, reload", ours, "the same, types by its sample", byDefault);
    }

    private static async Task PrepareAsync(Up up, long rows, CancellationToken token)
    {
        var csv = up.InboxPath("warehouse", Csv);
        var file = new LineitemFile(rows);
        FreeSpace.Require(csv, 6 * file.Length);
        await file.WriteAsync(csv, token);
        await up.LoadAsync("warehouse", Csv, token);
        await CopyTable.CreateLikeOursAsync(up, token);
    }

    private static async Task<Comparison> PairsAsync(
        Up up, Settings settings, string what, Func<Task<double>> ours, string peer, Func<Task<double>> theirs, Limit? limit, CancellationToken token)
    {
        List<double> first = [], second = [];

        // The table is there before the first reload is timed.
        await ours();
        for (var i = 0; i < settings.Repeat; i++)
        {
            await CopyTable.SettleAsync(up, token);
            first.Add(await ours());
            second.Add(await theirs());
        }

        return new Comparison(what, first, peer, second, limit);
    }

    private static string PgloaderTarget(Up up)
    {
        var warehouse = new Npgsql.NpgsqlConnectionStringBuilder(up.Ready.Warehouse);
        return $"postgresql://{warehouse.Username}:{warehouse.Password}@{warehouse.Host}:{warehouse.Port}/{warehouse.Database}";
    }

    private static async Task<string> PgloaderVersionAsync(string program, CancellationToken token) =>
        "pgloader " + (await Shell.RunAsync($"{program} --version", null, token)).Split('"').ElementAtOrDefault(1);

    /// <summary>It ends well also when it loaded nothing, so the rows are counted.</summary>
    private static async Task<double> PgloaderFillAsync(Up up, string program, string command, long rows, CancellationToken token)
    {
        var seconds = await CopyTable.FillAsync(up, $"{program} --root-dir '{up.Directory}' '{command}'", token);
        var counted = (await up.PsqlAsync($"$psql -c 'SELECT count(*) FROM {CopyTable.Name}'", token)).Trim();
        return counted == FormattableString.Invariant($"{rows}") ? seconds : throw new InvalidOperationException($"pgloader loaded {counted} of {rows} rows.");
    }
}
