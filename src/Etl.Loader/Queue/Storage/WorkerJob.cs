using System.Globalization;
using System.Runtime.CompilerServices;
using Hangfire.PostgreSql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// A fetched job that can be removed from its queue by the transaction that ends it. Everything else, and when Hangfire asks for the removal by
/// itself, is Hangfire's own.
/// </summary>
internal sealed class WorkerJob(WorkerStorage storage, long id, long job, string queue, DateTime fetchedAt)
    : PostgreSqlFetchedJob(storage, id, job.ToString(CultureInfo.InvariantCulture), queue, fetchedAt)
{
    /// <summary>When it was fetched, or renewed since; null once it is not in this worker's hands any more.</summary>
    public DateTime? Fetched => GetFetchedAt(this);

    /// <summary>Its row is gone: there is nothing to renew, to give back or to remove.</summary>
    public void WasRemoved() => SetFetchedAt(this, null);

    // Internal to Hangfire.PostgreSql, and without them each end of a job asks the server again; a test holds the names.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_FetchedAt")]
    private static extern DateTime? GetFetchedAt(PostgreSqlFetchedJob job);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_FetchedAt")]
    private static extern void SetFetchedAt(PostgreSqlFetchedJob job, DateTime? value);
}
