using System.Runtime.CompilerServices;
using Etl.Loader.Survey;
using Etl.Loader.Targets.Staging;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>Reads and writes <c>etl_loader.receipts</c> <c>etl_loader.rejects</c> and <c>etl_loader.checkpoints</c>.</summary>
internal static class Receipts
{
    private const int RejectsAtOnce = 1000;
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/receipts.sql");

    public static Task<LoadReceipt?> FindAsync(Session session, LoadId load, CancellationToken token) =>
        ReadAsync(session, Sql["find"], load.Value, token);

    /// <summary>The receipt with the greatest sequence of a table; null: the table was not made by us.</summary>
    public static Task<LoadReceipt?> NewestAsync(Session session, TableName table, CancellationToken token) =>
        ReadAsync(session, Sql["newest"], table.ToString(), token);

    /// <summary>The dataset that made the table, where the given one never loaded into it.</summary>
    public static async Task<string?> OtherDatasetAsync(WriteTransaction session, TableName table, string inbox, string dataset, CancellationToken token) =>
        (string?)await session.ScalarAsync(Sql["first_dataset"], token, table.ToString(), inbox, dataset);

    /// <summary>The load that brought the same bytes, with its rows, if these can be in the table.</summary>
    public static async Task<(string Load, long Rows)?> SameContentAsync(WriteTransaction session, TableName table, string sha256, CancellationToken token) =>
        await session.RowsAsync(Sql["same_content"], row => (row.GetString(0), row.GetInt64(1)), token, table.ToString(), sha256) is [var same, ..] ? same : null;

    /// <summary>
    /// Writes the receipt, forgets the load's checkpoints, and returns the receipt as the database has it, with its time of publishing.
    /// </summary>
    /// <param name="first">Statements without rows of their own, sent along.</param>
    public static Task<LoadReceipt> AddAsync(WriteTransaction session, LoadReceipt r, IEnumerable<(string Sql, object?[] Values)> first, CancellationToken token)
    {
        object[] values =
        [
            r.LoadId.Value, r.Inbox, r.Dataset, r.TableName, r.Mode, r.RowsLoaded, r.RowsRejected, r.Bytes, r.Sha256, r.Sequence,
            r.AcceptedAt.UtcDateTime, r.StartedAt.UtcDateTime, r.Details,
        ];
        return session.AnswerAsync(AskAsync(), token);

        async Task<LoadReceipt> AskAsync()
        {
            await using var batch = session.Batch([.. first, (Sql["add"], values), (Sql["forget_checkpoints"], [r.LoadId.Value])]);
            await using var reader = await batch.ExecuteReaderAsync(token);
            await reader.ReadAsync(token);
            return Read(reader);
        }
    }

    public static async Task AddRejectsAsync(WriteTransaction session, LoadId load, IReadOnlyList<RejectedRecord> rejects, CancellationToken token)
    {
        foreach (var part in rejects.Chunk(RejectsAtOnce))
        {
            await session.ExecuteAsync(
                Sql["add_rejects"], token, load.Value,
                part.Select(r => Storable(r.File)).ToArray(),
                part.Select(r => r.Line).ToArray(),
                part.Select(r => r.Offset).ToArray(),
                part.Select(r => r.Bytes).ToArray(),
                part.Select(r => r.Column is null ? null : Storable(r.Column)).ToArray(),
                part.Select(r => Storable(r.Reason)).ToArray(),
                part.Select(r => Storable(r.Raw)).ToArray());
        }
    }

    /// <summary>As they come: there may be more than memory has room for.</summary>
    public static async IAsyncEnumerable<RejectedRecord> RejectsAsync(Session session, LoadId load, [EnumeratorCancellation] CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["rejects"], session.Connection) { Parameters = { new() { Value = load.Value } } };
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            yield return new RejectedRecord(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3),
                reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetString(5), reader.GetString(6));
        }
    }

    public static async Task<long> CountCheckpointsAsync(Session session, LoadId load, CancellationToken token) =>
        (long)(await session.ScalarAsync(Sql["count_checkpoints"], token, load.Value))!;

    public static Task AddCheckpointsAsync(WriteTransaction session, LoadId load, IReadOnlyList<Checkpoint> checkpoints, CancellationToken token) =>
        session.ExecuteAsync(
            Sql["add_checkpoints"], token, load.Value,
            checkpoints.Select(c => c.File).ToArray(),
            checkpoints.Select(c => c.Offset).ToArray(),
            checkpoints.Select(c => c.Hash).ToArray(),
            checkpoints.Select(c => c.RowsLoaded).ToArray(),
            checkpoints.Select(c => c.RowsRejected).ToArray());

    public static async Task<IReadOnlyList<Checkpoint>> CheckpointsAsync(WriteTransaction session, LoadId load, CancellationToken token) =>
        await session.RowsAsync(
            Sql["checkpoints"],
            row => new Checkpoint(row.GetInt32(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4)),
            token, load.Value);

    /// <summary>Forgets what chunks of an unpublished load left in our own tables.</summary>
    public static IEnumerable<(string Sql, object?[] Values)> ForgetStaging(LoadId load, bool rejects)
    {
        yield return (Sql["forget_checkpoints"], [load.Value]);
        if (rejects)
        {
            yield return (Sql["forget_rejects"], [load.Value]);
        }
    }

    /// <summary>PostgreSQL's text holds no NUL; in what people read it is shown by its picture.</summary>
    private static string Storable(string text) => text.Replace('\0', '␀');

    private static async Task<LoadReceipt?> ReadAsync(Session session, string sql, object key, CancellationToken token)
    {
        try
        {
            return await session.RowsAsync(sql, Read, token, key) is [var receipt, ..] ? receipt : null;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // No one has taken this target's lane yet.
            return null;
        }
    }

    private static LoadReceipt Read(NpgsqlDataReader reader) => new()
    {
        LoadId = new LoadId(reader.GetGuid(0)),
        Inbox = reader.GetString(1),
        Dataset = reader.GetString(2),
        TableName = reader.GetString(3),
        Mode = reader.GetString(4),
        RowsLoaded = reader.GetInt64(5),
        RowsRejected = reader.GetInt64(6),
        Bytes = reader.GetInt64(7),
        Sha256 = reader.GetString(8),
        Sequence = reader.GetInt64(9),
        AcceptedAt = reader.GetFieldValue<DateTimeOffset>(10),
        StartedAt = reader.GetFieldValue<DateTimeOffset>(11),
        PublishedAt = reader.GetFieldValue<DateTimeOffset>(12),
        Details = reader.GetString(13),
    };
}
