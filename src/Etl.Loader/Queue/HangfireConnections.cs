using Etl.Loader.Ledger;
using Hangfire.PostgreSql;
using Npgsql;

namespace Etl.Loader.Queue;

/// <summary>Of the pool that ledger and Hangfire share, so that a load and its job are one transaction.</summary>
internal sealed class HangfireConnections(QueueDatabase database) : IConnectionFactory
{
    public NpgsqlConnection GetOrCreateConnection() => database.Source.CreateConnection();
}
