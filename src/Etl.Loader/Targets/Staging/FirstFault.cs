using System.Runtime.ExceptionServices;

namespace Etl.Loader.Targets.Staging;

/// <summary>Stops all streams when one fails, and keeps why: what the others say afterwards is only that they were stopped.</summary>
internal sealed class FirstFault(CancellationToken token) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(token);
    private ExceptionDispatchInfo? _first;

    public CancellationToken Token => _stop.Token;

    public Task SetAsync(Exception exception)
    {
        Interlocked.CompareExchange(ref _first, ExceptionDispatchInfo.Capture(exception), null);
        return _stop.CancelAsync();
    }

    public void ThrowIfAny() => _first?.Throw();

    public void Dispose() => _stop.Dispose();
}
