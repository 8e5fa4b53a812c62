namespace Etl.Loader.Queue;

/// <summary>Opens once the queue database was reached with its schema as this version needs it.</summary>
internal sealed class DatabaseReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    /// <summary>What the process waits for meanwhile; null when nothing was tried yet or all is well.</summary>
    public string? WaitsFor { get; private set; }

    public Task WaitAsync(CancellationToken token) => _ready.Task.WaitAsync(token);

    public void SayWaits(string reason) => WaitsFor = reason;

    public void Open()
    {
        WaitsFor = null;
        _ready.TrySetResult();
    }
}
