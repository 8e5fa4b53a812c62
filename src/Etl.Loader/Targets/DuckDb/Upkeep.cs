
namespace Etl.Loader.Targets.DuckDb;

/// <summary>See <see cref="ITargetUpkeep"/>.</summary>
/// <param name="look">Opens the file as the target looks at it: beside other readers where this process does not hold the lane.</param>
internal sealed class Upkeep(string target, string path, Sessions sessions, Upkeep.Look look) : ITargetUpkeep
{
    private static readonly SqlText Sql = SqlText.Load("Targets/DuckDb/Sql/upkeep.sql");

    /// <summary>Runs the work on the open file.</summary>
    internal delegate Task<IReadOnlyList<object>> Look(Func<Session, IReadOnlyList<object>> work, CancellationToken token);

    public Task<IReadOnlyList<ReceiptKey>> NewestReceiptsAsync(long below, int limit, CancellationToken token) => ListAsync(
        session => session.Query(Sql["newest_receipts"], row => new ReceiptKey(new LoadId(row.GetGuid(0)), row.GetInt64(1)), below, limit), token);

    public async Task<IReadOnlyList<LoadId>> WithoutReceiptAsync(IReadOnlyList<LoadId> loads, CancellationToken token)
    {
        var with = await ListAsync(
            session => session.Query(Sql["receipts_of"], row => new LoadId(row.GetGuid(0)), string.Join(',', loads)), token);
        return [.. loads.Except(with)];
    }

    public Task<IReadOnlyList<MissingTable>> MissingTablesAsync(CancellationToken token) => ListAsync(
        session => session.Query(Sql["missing_tables"], row => new MissingTable(row.GetString(0), new LoadId(row.GetGuid(1)))), token);

    public async Task<IReadOnlyList<LoadId>> StagedLoadsAsync(CancellationToken token)
    {
        var tables = await ListAsync(session => session.Query(Sql["staged_tables"], row => row.GetString(0), Identifiers.StagingPrefix), token);
        return [.. tables.Select(t => (Ours: LoadId.TryParse(t[Identifiers.StagingPrefix.Length..], out var load), load)).Where(t => t.Ours).Select(t => t.load)];
    }

    public Task<long> ForgetRejectsAsync(DateTimeOffset before, long epoch, CancellationToken token) => sessions.UseAsync(
        session => session.InTransaction(() =>
        {
            Lane.Check(session, target, epoch);
            return (long)session.Execute(Sql["forget_old_rejects"], before.UtcDateTime);
        }),
        token);

    public Task<long?> FreeBytesAsync(CancellationToken token)
    {
        var directory = Path.GetDirectoryName(path)!;
        return Task.FromResult<long?>(Directory.Exists(directory) ? new DriveInfo(directory).AvailableFreeSpace : null);
    }

    /// <summary>Columns of repeated values shrink to a twentieth.</summary>
    public long LeastBytes(long datasetBytes) => datasetBytes / 20;

    private async Task<IReadOnlyList<T>> ListAsync<T>(Func<Session, IReadOnlyList<T>> work, CancellationToken token)
        where T : notnull =>
        [.. (await look(session => Schema.Exists(session) ? [.. work(session).Cast<object>()] : [], token)).Cast<T>()];
}
