using Hangfire.PostgreSql;
using Hangfire.Storage;

namespace Etl.Loader.Queue.Storage;

/// <summary>Hangfire's storage for clients and the dashboard; see <see cref="LoadsOnlyConnection"/>.</summary>
internal sealed class LoadsOnlyStorage(IConnectionFactory connections, PostgreSqlStorageOptions options) : PostgreSqlStorage(connections, options)
{
    public override IStorageConnection GetConnection() => new LoadsOnlyConnection(this);
}
