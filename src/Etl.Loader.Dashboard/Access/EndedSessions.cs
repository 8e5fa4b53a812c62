using System.Collections.Concurrent;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Dashboard.Access;

/// <summary>
/// Logins that were ended by signing out. This process knows of its own immediately, of those of others a second later: the queue database is asked once
/// a second at most, and only while someone is signed in. While it is away, what is known stays.
/// </summary>
internal sealed class EndedSessions(SessionLedger ledger, IOptions<HttpOptions> http, TimeProvider time, ILogger<SignIn> logger) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, bool> _own = new();
    private readonly SemaphoreSlim _asking = new(1);
    private IReadOnlySet<Guid> _known = new HashSet<Guid>();
    private DateTimeOffset _askAgain = DateTimeOffset.MinValue;

    /// <summary>Ends a login. Where the queue database does not answer now, it is updated as soon as it does.</summary>
    public async Task EndAsync(Guid session, string? user, CancellationToken token)
    {
        _own[session] = false;
        try
        {
            await ReportAsync(session, token);
        }
        catch (Exception fault) when (FaultTriage.IsQueueOutage(fault))
        {
            Log.NotReported(logger, user, fault.GetBaseException().Message);
        }
    }

    public async Task<bool> IsEndedAsync(Guid session, CancellationToken token)
    {
        if (!_own.ContainsKey(session) && time.GetUtcNow() >= _askAgain)
        {
            await AskAsync(token);
        }

        return _own.ContainsKey(session) || _known.Contains(session);
    }

    public void Dispose() => _asking.Dispose();

    private async Task AskAsync(CancellationToken token)
    {
        await _asking.WaitAsync(token);
        try
        {
            if (time.GetUtcNow() < _askAgain)
            {
                return;
            }

            using var brief = CancellationTokenSource.CreateLinkedTokenSource(token);
            brief.CancelAfter(Patience);
            foreach (var (untold, _) in _own.Where(own => !own.Value))
            {
                await ReportAsync(untold, brief.Token);
            }

            _known = await ledger.EndedAsync(brief.Token);
            _askAgain = time.GetUtcNow() + Fresh;
        }
        catch (Exception fault) when (FaultTriage.IsQueueOutage(fault) || (fault is OperationCanceledException && !token.IsCancellationRequested))
        {
            // The page that is asked for says so.
            _askAgain = time.GetUtcNow() + PauseAfterFault;
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task ReportAsync(Guid session, CancellationToken token)
    {
        await ledger.EndAsync(session, http.Value.SignInLasts, token);
        _own[session] = true;
    }
}
