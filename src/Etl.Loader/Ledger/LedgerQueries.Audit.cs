using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

internal sealed partial class LedgerQueries
{
    private static readonly SqlText AuditSql = SqlText.Load("Ledger/Sql/audit.sql");

    public async Task<AuditPage> AuditAsync(AuditFilter filter, string? after, int limit, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPage);
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(AuditSql["list_audit"], connection)
            .WithNumber("after", Key(after))
            .WithText("actor", filter.Actor)
            .WithText("target", filter.Target)
            .With("limit", limit + 1);
        command.Parameters.Add(new NpgsqlParameter("load_id", NpgsqlDbType.Uuid) { Value = filter.Load is { } load ? load.Value : DBNull.Value });
        await using var row = await command.ExecuteReaderAsync(token);
        var entries = new List<AuditEntry>();
        while (entries.Count < limit && await row.ReadAsync(token))
        {
            entries.Add(new AuditEntry(
                row.GetInt64(0),
                row.Time("at")!.Value,
                row.GetString(2),
                row.Text("database_role"),
                row.GetString(4),
                row.Text("reason"),
                row.IsDBNull(6) ? null : new LoadId(row.GetGuid(6)),
                row.Text("target"),
                row.Text("details")));
        }

        var more = entries.Count == limit && await row.ReadAsync(token);
        return new AuditPage(entries, more ? entries[^1].Id.ToString(CultureInfo.InvariantCulture) : null);
    }
}
