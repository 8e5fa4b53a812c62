using System.Globalization;
using Etl.Loader.Ledger;
using Etl.Loader.Targets.PostgreSql.Publishing;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>The statements around one load's staging table, and what PostgreSQL's limits say before anything is written.</summary>
internal sealed class StagingTable
{
    /// <summary>MaxHeapAttributeNumber of PostgreSQL.</summary>
    private const int MaxColumns = 1600;

    private readonly IReadOnlyList<TargetColumn> _columns;

    /// <summary>Throws <see cref="DatasetException"/> where PostgreSQL cannot hold such a table.</summary>
    public StagingTable(LoadId load, IReadOnlyList<TargetColumn> columns)
    {
        if (columns.Count > MaxColumns)
        {
            throw new DatasetException(
                string.Create(CultureInfo.InvariantCulture, $"The dataset has {columns.Count} columns; a PostgreSQL table has at most {MaxColumns}."),
                "Split the dataset, deliver it as JSON lines with nested values, or load it into a DuckDB target.");
        }

        if (columns.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new DatasetException($"Two columns are named '{twice.Key}'.", "Rename one of them in the dataset.", column: twice.Key);
        }

        _columns = columns;
        Name = Identifiers.Staging(load);
        Quoted = Identifiers.Quote(Name);
    }

    public TableName Name { get; }

    public string Quoted { get; }

    public string Names => string.Join(", ", _columns.Select(c => Identifiers.Quote(c.Name)));

    public string Analyze => $"ANALYZE {Quoted}";

    /// <param name="freeze">Rows are visible to every snapshot at once; only in the transaction that created the table.</param>
    public string Copy(bool freeze) => $"COPY {Quoted} ({Names}) FROM STDIN (FORMAT binary{(freeze ? ", FREEZE" : "")})";

    /// <summary>Makes it, empty, and forgets what an earlier attempt at the load left.</summary>
    /// <param name="leftAlone">For rows that are committed before they are published: the server need not tidy up a table that nobody reads yet.</param>
    public Task MakeAsync(WriteTransaction session, LoadId load, bool leftAlone, CancellationToken token)
    {
        var columns = string.Join(", ", _columns.Select(c => $"{Identifiers.Quote(c.Name)} {PostgreSqlTypes.Declare(c.Type)}"));
        var settings = leftAlone ? " WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false)" : "";
        return session.ExecuteAsync(
            [.. PostgreSqlReceipts.ForgetStaging(load, rejects: true), ($"DROP TABLE IF EXISTS {Quoted}", []), ($"CREATE TABLE {Quoted} ({columns}){settings}", [])], token);
    }

    /// <summary>What would fail at the publish is better said before hours of copying.</summary>
    public static async Task VerifyDestinationAsync(WriteTransaction session, TableName table, CancellationToken token)
    {
        Identifiers.Quote(table);
        if (!await PostgreSqlCatalog.SchemaExistsAsync(session, table.Schema, token))
        {
            throw new DatasetException(
                $"There is no schema '{table.Schema}' in the target.", $"Run: CREATE SCHEMA {Identifiers.Quote(table.Schema)}; then requeue the load.");
        }
    }

    /// <summary>The same for what hangs on the table that is to be replaced; the staging table is there already.</summary>
    public Task VerifyReplaceAsync(WriteTransaction session, StageRequest request, CancellationToken token) =>
        request.Mode == LoadMode.Replace ? TableSwap.VerifyAsync(session, request, Name, token) : Task.CompletedTask;

    /// <summary>True when the table is there with just these columns.</summary>
    public async Task<bool> ExistsAsync(WriteTransaction session, CancellationToken token)
    {
        if (await PostgreSqlCatalog.FindAsync(session, Name, token) is not { } relation)
        {
            return false;
        }

        var there = await PostgreSqlCatalog.ColumnsAsync(session, relation.Oid, token);
        return there.Select(c => (c.Name, c.DeclaredType)).SequenceEqual(_columns.Select(c => (c.Name, PostgreSqlTypes.Declare(c.Type))));
    }
}
