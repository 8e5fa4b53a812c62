using Etl.Loader.Ledger;
using Etl.Loader.Queue.Lanes;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>A job that was refused, for people.</summary>
internal sealed record RefusedJob(long Id, DateTimeOffset At, long Job, string Role, string Reason, string? Type);

/// <summary>Someone who may make tables and functions in a schema.</summary>
internal sealed record SchemaCreator(string Schema, string Role);

/// <summary>Whether the limits between the roles of the queue database hold, for <c>doctor</c>. Reads only.</summary>
internal sealed class Boundaries(QueueDatabase database)
{
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/boundaries.sql");

    /// <summary>What only the owner of the schema may create in.</summary>
    private static readonly string[] Schemas = ["etl_loader", HangfireSchema.Name, "public"];

    /// <summary>How many are in the ledger, and the newest of them.</summary>
    public async Task<(long Count, IReadOnlyList<RefusedJob> Newest)> RefusedJobsAsync(int limit, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var count = new NpgsqlCommand(Sql["refused_jobs"], connection);
        var jobs = (long)(await count.ExecuteScalarAsync(token))!;
        await using var command = new NpgsqlCommand(Sql["newest_refused"], connection).With("limit", limit);
        return (jobs, await ListAsync(command, row => new RefusedJob(
            row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5)), token));
    }

    public async Task<IReadOnlyList<SchemaCreator>> CreatorsAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["creators"], connection).With("schemas", Schemas);
        return await ListAsync(command, row => new SchemaCreator(row.GetString(0), row.GetString(1)), token);
    }

    /// <summary>The search path of our sessions, where it is not the one that they ask for: something on the way drops start-up options.</summary>
    public async Task<string?> OtherSearchPathAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["search_path"], connection);
        return await command.ExecuteScalarAsync(token) is string path && path != TrustedSearchPath.Value ? path : null;
    }

    public async Task<LockHolder?> FindLockHolderAsync(string target, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        return await LockHolder.FindAsync(connection, target, token);
    }

    private static async Task<IReadOnlyList<T>> ListAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken token)
    {
        await using var row = await command.ExecuteReaderAsync(token);
        var list = new List<T>();
        while (await row.ReadAsync(token))
        {
            list.Add(read(row));
        }

        return list;
    }
}
