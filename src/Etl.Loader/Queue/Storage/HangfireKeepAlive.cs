using Hangfire.PostgreSql;
using Hangfire.Server;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// The part of Hangfire.PostgreSql that renews a fetched job's timestamp. It is internal and known only by its name, which a test holds; the
/// storage gives out the same instance each time, and driving it twice does no harm.
/// </summary>
internal static class HangfireKeepAlive
{
    private const string TypeName = "PostgreSqlHeartbeatProcess";

    /// <summary>One round of renewals, at most one a second.</summary>
    public static Action<CancellationToken> Find(PostgreSqlStorage storage)
    {
#pragma warning disable CS0618 // The storage offers its components in this older form only.
        return storage.GetComponents().OfType<IServerComponent>().Single(c => c.GetType().Name == TypeName).Execute;
#pragma warning restore CS0618
    }
}
