using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Queue.Lanes;

/// <summary>The session that holds a lane's lock in the queue database (what this role may see of it).</summary>
internal sealed record LockHolder(int Backend, string Role, string Application, string? Host, DateTime? Since)
{
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/lane.sql");

    /// <summary>How the sessions of loaders that hold a lane, or stand by for it, are named.</summary>
    public static string LoadersAre(string target) => $"etl-loader lane {target} ";

    /// <summary>True where its name is a loader's. Anybody can give a session that name: only a loader also reports in the ledger.</summary>
    public bool IsNamedAsLoader(string target) => Application.StartsWith(LoadersAre(target), StringComparison.Ordinal);

    public string ToDo => FormattableString.Invariant($"If that session should not exist: SELECT pg_terminate_backend({Backend}), and make sure that its role cannot take advisory locks (infra/postgres/roles.sql).");

    public static async Task<LockHolder?> FindAsync(NpgsqlConnection connection, string target, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["lock_holder"], connection).WithText("target", target);
        await using var row = await command.ExecuteReaderAsync(token);
        return await row.ReadAsync(token)
            ? new LockHolder(row.GetInt32(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetDateTime(4))
            : null;
    }

    public override string ToString() => FormattableString.Invariant($"session {Backend} of role {Role} (application {Application}")
        + (Host is null ? "" : $", from {Host}") + (Since is { } since ? FormattableString.Invariant($", connected since {since:u}") : "") + ")";
}
