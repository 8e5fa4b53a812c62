using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;

namespace Etl.Loader.Benchmarks;

/// <summary>Our whole load, everything included, beside what a person would use instead; same file, same cluster, in pairs.</summary>
internal static class Comparisons
{
    private const string Csv = "lineitem.csv";
    private const string CopyOptions = "(FORMAT csv, HEADER)";

    public static async Task<IReadOnlyList<Figure>> CopyAsync(Settings settings, CancellationToken token)
    {
        await using var up = await PreparedAsync("warehouse", settings, token);
        return await PairsAsync(
            "CSV into PostgreSQL",
            @"`psql \copy` into a ready table",
            settings,
            () => up.LoadAsync("warehouse", Csv, token),
            () => CopyAsync(up, $"$psql -c \"\\copy copied FROM '{up.InboxPath("warehouse", Csv)}' {CopyOptions}\"", token));
    }

    public static async Task<IReadOnlyList<Figure>> GzipAsync(Settings settings, CancellationToken token)
    {
        await using var up = await PreparedAsync("warehouse", settings, token);
        var packed = up.InboxPath("warehouse", "lineitem.csv.gz");
        await Shell.RunAsync($"gzip -1 -c '{up.InboxPath("warehouse", Csv)}' > '{packed}'", null, token);
        File.Delete(up.InboxPath("warehouse", Csv));
        return await PairsAsync(
            "gzip into PostgreSQL",
            @"`zcat | psql \copy`",
            settings,
            () => up.LoadAsync("warehouse", "lineitem.csv.gz", token),
            () => CopyAsync(up, $"zcat '{packed}' | $psql -c '\\copy copied FROM STDIN {CopyOptions}'", token));
    }

    public static async Task<IReadOnlyList<Figure>> ParquetAsync(Settings settings, CancellationToken token)
    {
        await using var up = await PreparedAsync("warehouse", settings, token);
        var parquet = up.InboxPath("warehouse", "lineitem.parquet");
        var between = Path.Combine(up.Directory, "between.csv");
        await DuckAsync(":memory:", $"COPY (SELECT * FROM read_csv('{up.InboxPath("warehouse", Csv)}')) TO '{parquet}' (FORMAT parquet)", token);
        File.Delete(up.InboxPath("warehouse", Csv));
        return await PairsAsync(
            "Parquet into PostgreSQL",
            @"DuckDB to CSV, then `psql \copy`",
            settings,
            () => up.LoadAsync("warehouse", "lineitem.parquet", token),
            async () => await DuckAsync(":memory:", $"COPY (SELECT * FROM read_parquet('{parquet}')) TO '{between}' {CopyOptions}", token)
                + await CopyAsync(up, $"$psql -c \"\\copy copied FROM '{between}' {CopyOptions}\"", token));
    }

    public static async Task<IReadOnlyList<Figure>> DuckDbAsync(Settings settings, CancellationToken token)
    {
        await using var up = await PreparedAsync("lake", settings, token);
        var other = Path.Combine(up.Directory, "other.duckdb");
        return await PairsAsync(
            "CSV into DuckDB",
            "DuckDB's own CREATE TABLE AS SELECT * FROM read_csv",
            settings,
            () => up.LoadAsync("lake", Csv, token),
            () => DuckAsync(other, $"CREATE OR REPLACE TABLE lineitem AS SELECT * FROM read_csv('{up.InboxPath("lake", Csv)}')", token));
    }

    /// <summary>An <c>up</c> with the file in the inbox, and in the warehouse an empty table of the types that the columns have.</summary>
    private static async Task<Up> PreparedAsync(string inbox, Settings settings, CancellationToken token)
    {
        var up = await Up.StartAsync(token);
        await Lineitem.WriteAsync(up.InboxPath(inbox, Csv), settings.Rows, token);
        await up.PsqlAsync(
            """
            $psql -c "CREATE TABLE copied (l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber bigint, l_quantity bigint,
                l_extendedprice numeric(8,2), l_discount numeric(3,2), l_tax numeric(3,2), l_returnflag text, l_linestatus text, l_shipdate date,
                l_commitdate date, l_receiptdate date, l_shipinstruct text, l_shipmode text, l_comment text)"
            """,
            token);
        return up;
    }

    private static async Task<double> CopyAsync(Up up, string script, CancellationToken token)
    {
        await up.PsqlAsync("$psql -c 'TRUNCATE copied' -c CHECKPOINT", token);
        return await up.TimedPsqlAsync(script, token);
    }

    private static async Task<IReadOnlyList<Figure>> PairsAsync(string what, string against, Settings settings, Func<Task<double>> ours, Func<Task<double>> theirs)
    {
        var pairs = new List<(double Ours, double Theirs)>();
        for (var i = 0; i < settings.Repeat; i++)
        {
            pairs.Add((await ours(), await theirs()));
        }

        var rows = settings.Rows.ToString("#,0", CultureInfo.InvariantCulture);
        return
        [
            new($"{what}, {rows} rows: our load", Text(Statistics.Median(pairs.Select(p => p.Ours)))),
            new($"{what}, {rows} rows: {against}", Text(Statistics.Median(pairs.Select(p => p.Theirs)))),
            new($"{what}: times as fast", Statistics.Median(pairs.Select(p => p.Theirs / p.Ours)).ToString("0.00", CultureInfo.InvariantCulture), against),
        ];
    }

    private static async Task<double> DuckAsync(string file, string sql, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        await using (var connection = new DuckDBConnection($"Data Source={file}"))
        {
            await connection.OpenAsync(token);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant text of a measurement, with the paths of its own files.
            command.CommandText = sql;
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(token);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static string Text(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
}
