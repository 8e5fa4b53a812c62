using Hangfire.Server;

namespace Etl.Loader.Queue;

/// <summary>
/// The contract that Hangfire stores with every job: assembly, type, method and parameter types are a wire format and never change,
/// since jobs of an older version wait in the queue during an upgrade. Everything else about a load is in the ledger.
/// </summary>
public interface ILoadJob
{
    Task RunAsync(Guid loadId, PerformContext? context, CancellationToken token);
}
