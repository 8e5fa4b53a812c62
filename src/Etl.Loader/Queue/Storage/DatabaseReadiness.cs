namespace Etl.Loader.Queue.Storage;

/// <summary>Opens once the queue database was reached with its schema as this version needs it.</summary>
internal sealed class DatabaseReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<LoaderException> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    /// <summary>What the process waits for meanwhile; null when nothing was tried yet or all is well.</summary>
    public string? WaitsFor { get; private set; }

    /// <summary>Ends, with what is wrong and what to do, where the schema does not fit this version: waiting alone does not fix it.</summary>
    public Task<LoaderException> Refused => _refused.Task;

    public Task WaitAsync(CancellationToken token) => _ready.Task.WaitAsync(token);

    public void ReportWait(string reason) => WaitsFor = reason;

    public void Refuse(LoaderException reason) => _refused.TrySetResult(reason);

    public void Open()
    {
        WaitsFor = null;
        _ready.TrySetResult();
    }
}
