using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>See <see cref="ITargetUpkeep"/>.</summary>
/// <param name="schema">Where the target's tables go unless a trigger says otherwise.</param>
internal sealed class Upkeep(Sessions sessions, string schema) : ITargetUpkeep
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/upkeep.sql");

    public Task<IReadOnlyList<ReceiptKey>> NewestReceiptsAsync(long below, int limit, CancellationToken token) =>
        ListAsync("newest_receipts", row => new ReceiptKey(new LoadId(row.GetGuid(0)), row.GetInt64(1)), token, below, limit);

    public Task<IReadOnlyList<LoadId>> WithoutReceiptAsync(IReadOnlyList<LoadId> loads, CancellationToken token) =>
        ListAsync("without_receipt", row => new LoadId(row.GetGuid(0)), token, loads.Select(l => l.Value).ToArray());

    public Task<IReadOnlyList<MissingTable>> MissingTablesAsync(CancellationToken token) =>
        ListAsync("missing_tables", row => new MissingTable(row.GetString(0), new LoadId(row.GetGuid(1))), token);

    public async Task<IReadOnlyList<LoadId>> StagedLoadsAsync(CancellationToken token)
    {
        var names = await ListAsync("staged_loads", row => row.GetString(0), token);
        return [.. names.Select(n => (Ours: LoadId.TryParse(n, out var load), load)).Where(n => n.Ours).Select(n => n.load)];
    }

    public Task<IReadOnlyList<string>> CreatorsAsync(CancellationToken token) => ListAsync("creators", row => row.GetString(0), token, schema);

    public async Task<long> ForgetRejectsAsync(DateTimeOffset before, long epoch, CancellationToken token)
    {
        await using var session = await sessions.BeginWritingAsync(epoch, token);
        var forgotten = await session.ExecuteAsync(Sql["forget_old_rejects"], token, before.UtcDateTime);
        await session.CommitAsync(token);
        return forgotten;
    }

    /// <summary>Only of a server on this machine, which shows by its process; of another one the path would name some other disk.</summary>
    public async Task<long?> FreeBytesAsync(CancellationToken token)
    {
        var (directory, process) = (await ListAsync("data_directory", row => (row.IsDBNull(0) ? null : row.GetString(0), row.GetInt32(1)), token))[0];
        var command = $"/proc/{process.ToString(System.Globalization.CultureInfo.InvariantCulture)}/comm";
        return directory is not null && File.Exists(command) && Directory.Exists(directory)
            && (await File.ReadAllTextAsync(command, token)).StartsWith("postgres", StringComparison.Ordinal)
            ? new DriveInfo(directory).AvailableFreeSpace
            : null;
    }

    /// <summary>JSON lines with long names shrink to a third; delimited text grows.</summary>
    public long LeastBytes(long datasetBytes) => datasetBytes / 4;

    private async Task<IReadOnlyList<T>> ListAsync<T>(string statement, Func<NpgsqlDataReader, T> map, CancellationToken token, params object[] values)
    {
        await using var session = await sessions.OpenReadingAsync(token);
        try
        {
            return await session.RowsAsync(Sql[statement], map, token, values);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // No one has taken this target's lane yet.
            return [];
        }
    }
}
