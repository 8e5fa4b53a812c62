using System.Globalization;
using Etl.Loader.Ledger;
using Etl.Loader.Targets.PostgreSql.Publishing;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>The statements around one load's staging table, and what PostgreSQL's limits say before anything is written.</summary>
internal sealed class StagingTable
{
    /// <summary>MaxHeapAttributeNumber of PostgreSQL.</summary>
    private const int MaxColumns = 1600;

    private static readonly HashSet<string> SystemColumns = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

    private readonly IReadOnlyList<TargetColumn> _columns;

    /// <summary>Throws <see cref="DatasetException"/> where PostgreSQL cannot hold such a table.</summary>
    public StagingTable(LoadId load, IReadOnlyList<TargetColumn> columns)
    {
        if (columns.Count > MaxColumns)
        {
            throw new DatasetException(
                string.Create(CultureInfo.InvariantCulture, $"The dataset has {Amounts.Counted(columns.Count, "column")}; a PostgreSQL table has at most {MaxColumns}."),
                "Split the dataset, deliver it as JSON lines with nested values, or load it into a DuckDB target.");
        }

        if (columns.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new DatasetException($"Two columns are named '{twice.Key}'.", "Rename one of them in the dataset.", column: twice.Key);
        }

        if (columns.FirstOrDefault(c => SystemColumns.Contains(c.Name)) is { } reserved)
        {
            throw new DatasetException(
                $"The column '{reserved.SourceName}' would be named '{reserved.Name}', which PostgreSQL reserves in every table.",
                $"Give it another name in the trigger: \"columns\": {{ \"rename\": {{ \"{reserved.SourceName}\": \"{reserved.Name}_1\" }} }}.",
                column: reserved.SourceName);
        }

        _columns = columns;
        Name = Identifiers.Staging(load);
        Quoted = Identifiers.Quote(Name);
    }

    public TableName Name { get; }

    public string Quoted { get; }

    public string Names => string.Join(", ", _columns.Select(c => Identifiers.Quote(c.Name)));

    /// <param name="freeze">Rows are visible to every snapshot at once; only in the transaction that created the table.</param>
    public string Copy(bool freeze) => $"COPY {Quoted} ({Names}) FROM STDIN (FORMAT binary{(freeze ? ", FREEZE" : "")})";

    /// <summary>
    /// Makes it, empty, and forgets what an earlier attempt at the load left. Throws <see cref="DatasetException"/> where the publish would fail: that is
    /// better said before hours of copying.
    /// </summary>
    /// <param name="leftAlone">For rows that are committed before they are published: the server need not tidy up a table that no one reads yet.</param>
    public async Task MakeAsync(WriteTransaction session, StageRequest request, bool leftAlone, CancellationToken token)
    {
        var columns = string.Join(", ", _columns.Select(c => $"{Identifiers.Quote(c.Name)} {Types.Declare(c.Type)}"));
        var settings = leftAlone ? " WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false)" : "";
        var table = await VerifyDestinationAsync(
            session,
            request.Table,
            [
                .. Receipts.ForgetStaging(request.Load, rejects: true),
                ($"DROP TABLE IF EXISTS {Quoted}", []),
                ($"CREATE TABLE {Quoted} ({columns}){settings}", []),
            ],
            token);
        if (table is { } replaced && request.Mode == LoadMode.Replace)
        {
            await Replace.VerifyAsync(session, request, replaced.Oid, Name, token);
        }
    }

    /// <summary>The table that the rows are for, where it is there. Throws <see cref="DatasetException"/> where there can be none of its name.</summary>
    /// <param name="first">Statements without rows of their own, sent along.</param>
    public static Task<Relation?> VerifyDestinationAsync(
        WriteTransaction session, TableName table, ReadOnlySpan<(string Sql, object?[] Values)> first, CancellationToken token)
    {
        Identifiers.Quote(table);
        var batch = session.Batch([.. first, Catalog.AskSchema(table), Catalog.AskRelation(table)]);
        return session.AnswerAsync(AskAsync(), token);

        async Task<Relation?> AskAsync()
        {
            await using (batch)
            {
                await using var reader = await batch.ExecuteReaderAsync(token);
                await Catalog.RequireSchemaAsync(reader, table, token);
                await reader.NextResultAsync(token);
                return Catalog.RequireTable(await Catalog.ReadRelationAsync(reader, token), table);
            }
        }
    }

    /// <summary>True when the table is there with just these columns.</summary>
    public async Task<bool> ExistsAsync(WriteTransaction session, CancellationToken token)
    {
        if (await Catalog.FindAsync(session, Name, token) is not { } relation)
        {
            return false;
        }

        var there = await Catalog.ColumnsAsync(session, relation.Oid, token);
        return there.Select(c => (c.Name, c.DeclaredType)).SequenceEqual(_columns.Select(c => (c.Name, Types.Declare(c.Type))));
    }
}
