using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Hears that a job came, for all lanes of a process, on one session of its own that is kept: each transaction of Hangfire's that puts a job into a queue
/// notifies its channel. Hangfire's own waiting makes a session each time that it finds nothing, and ends only when the driver has left it.
/// </summary>
internal sealed class JobListener(QueueDatabase database, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/worker.sql");

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _beginning = new();
    private TaskCompletionSource _next = New();
    private Task? _listening;

    /// <summary>
    /// Ends when a job may have come since it was asked for; ask before looking. Also after an interruption, in which nothing was heard. Who needs to be
    /// sure looks every few seconds all the same: a session may be lost unnoticed.
    /// </summary>
    public Task Next()
    {
        lock (_beginning)
        {
            _listening ??= Task.Run(ListenAsync);
        }

        return Volatile.Read(ref _next).Task;
    }

    /// <summary>Does not wait for the session's end.</summary>
    public void Dispose() => _stop.Cancel();

    private async Task ListenAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var session = new NpgsqlConnection(database.LockConnectionString("new jobs"));
                await session.OpenAsync(_stop.Token);
                await using (var listen = new NpgsqlCommand(Sql["listen"], session))
                {
                    await listen.ExecuteNonQueryAsync(_stop.Token);
                }

                while (true)
                {
                    Report();
                    await session.WaitAsync(_stop.Token);
                }
            }
            catch (Exception)
            {
                // The queue database is away, and anyone who looks for jobs learns why; or it is over.
                await Task.Delay(Pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Report() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
