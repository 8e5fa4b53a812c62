using System.Data.Common;
using System.Reflection;
using Etl.Loader.Faults;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>Opens the events of a directory; a real path is given.</summary>
internal delegate IInboxEvents OpenInboxEvents(string root, bool recursive);

/// <summary>
/// Watches one inbox: watch first, then scan, then scan again and again. Events only make it quick. Each round is one call of
/// <see cref="RunOnceAsync"/>, which throws for faults of our own only: an inbox or a queue database that is away is a state.
/// </summary>
internal sealed class InboxWatcher : IDisposable
{
    /// <summary>How often a watcher says that it is there.</summary>
    public static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AwayPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WithdrawLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long a producer may wait for the outcome that no loader reports, as of a load cancelled in the queue.</summary>
    private static readonly TimeSpan MarkerInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ForgetInterval = TimeSpan.FromHours(1);

    /// <summary>A scan of a huge inbox takes at most a twentieth of the time.</summary>
    private const int ScanShare = 20;

    private static readonly string Version =
        typeof(InboxWatcher).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly Inbox _inbox;
    private readonly IAcceptLoads _ledger;
    private readonly OpenInboxEvents _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly InboxIdentity _identity;
    private readonly WaitingTriggers _waiting;
    private readonly TriggerIntake _intake;
    private readonly ITriggerClaims _claims;
    private readonly QueuedMarkers? _markers;
    private readonly LoadedMarkers? _loaded;
    private readonly TakenTriggers? _taken;
    private readonly Cadence _scan;
    private readonly Cadence _compare;
    private readonly Cadence _forget;
    private readonly Cadence _report;
    private readonly HashSet<string> _unnameable = new(StringComparer.Ordinal);
    private IInboxEvents? _events;
    private (uint Major, uint Minor, ulong Inode)? _place;
    private bool _away;
    private string? _toldScanning;

    public InboxWatcher(
        Inbox inbox,
        IAcceptLoads ledger,
        ITakenTriggers taken,
        ILoadQueries queries,
        IInboxes inboxes,
        OpenInboxEvents open,
        RetentionOptions retention,
        TimeProvider time,
        ILogger logger,
        Action<WatcherStep, string>? atStep = null)
    {
        _inbox = inbox;
        _ledger = ledger;
        _open = open;
        _time = time;
        _logger = logger;
        _identity = new InboxIdentity(inbox, ledger);
        _waiting = new WaitingTriggers(inbox, time);
        atStep ??= static (_, _) => { };
        if (inbox.HasMarkers)
        {
            var outcomes = new OutcomeMarkers(queries, inboxes);
            _claims = new ClaimsByRename(inbox, ledger, outcomes, _waiting, time, logger, atStep);
            _intake = new TriggerIntake(inbox, ledger, _claims, _waiting, logger) { AtStep = atStep };
            _markers = new QueuedMarkers(inbox, ledger, outcomes, _intake, logger);
            _loaded = new LoadedMarkers(inbox, retention.LoadedMarkers, time, logger);
        }
        else
        {
            var known = new KnownTriggers(inbox);
            _claims = new ClaimsInLedger(inbox, taken, known, _waiting, logger, atStep);
            _intake = new TriggerIntake(inbox, ledger, _claims, _waiting, logger) { AtStep = atStep };
            _taken = new TakenTriggers(inbox, taken, known, retention.TakenTriggers, logger);
        }

        _scan = new Cadence(inbox.Options.ScanInterval, time);
        _compare = new Cadence(MarkerInterval, time);
        _forget = new Cadence(ForgetInterval, time);
        _report = new Cadence(ReportInterval, time);
    }

    /// <summary>"watching", or what it waits for.</summary>
    public string State { get; private set; } = "starting";

    public string Mode => _events is { ScanningBecause: null } ? "events" : "scanning";

    public string InboxName => _inbox.Name;

    public int Waiting => _waiting.Count;

    /// <summary>When the last round ended: the proof that the loop turns.</summary>
    public DateTimeOffset? LastRoundAt { get; private set; }

    private DateTimeOffset? LastScanAt { get; set; }

    public async Task<IntakeResult> RunOnceAsync(CancellationToken token)
    {
        var result = default(IntakeResult);
        try
        {
            result = await RoundAsync(token);
            Become(_intake.Problem ?? WatcherReport.Watching, away: false);
        }
        catch (InboxAwayException exception)
        {
            // Its watches died with the mount; what was seen is looked for again.
            CloseEvents();
            _waiting.Clear();
            Become($"away: {exception.Message}", away: true);
        }
        catch (Exception exception) when (exception is QueueAwayException or DbException)
        {
            // Waited for or refused: the next round tries again in either case, but only what the database's code calls an outage is said to be one.
            var read = PostgresFaults.Read(exception);
            if (_taken is not null)
            {
                // What it was asked for before the scan is asked again.
                _forget.Now();
            }

            Become(
                read is { Kind: not (FaultKind.Outage or FaultKind.Transient) }
                    ? $"refused by the queue database: {read.Words}"
                    : $"waits for the queue database: {read?.Words ?? exception.Message}",
                away: true);
        }

        await ReportAsync(token);
        LastRoundAt = _time.GetUtcNow();
        return result;
    }

    /// <summary>Until something happens in the inbox or something is due.</summary>
    public async Task WaitAsync(CancellationToken token)
    {
        if (_away || _events is null)
        {
            await Task.Delay(AwayPause, _time, token);
            return;
        }

        var pause = Shortest(_scan.Left, _markers is null ? TimeSpan.MaxValue : _compare.Left, _report.Left, _waiting.UntilNext() ?? TimeSpan.MaxValue);
        if (pause <= TimeSpan.Zero)
        {
            return;
        }

        using var due = new CancellationTokenSource(pause, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, token);
        try
        {
            await _events.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            // Something is due.
        }
    }

    /// <summary>Once it watches no more: no one is to look for it. A queue database that is away keeps the line until another watcher forgets it.</summary>
    public async Task WithdrawAsync()
    {
        using var brief = new CancellationTokenSource(WithdrawLimit, _time);
        try
        {
            await _ledger.WithdrawWatcherAsync(Environment.MachineName, Environment.ProcessId, _inbox.Name, brief.Token);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or OperationCanceledException)
        {
            Log.NotReported(_logger, _inbox.Name, exception.Message);
        }
    }

    public void Dispose() => CloseEvents();

    private async Task<IntakeResult> RoundAsync(CancellationToken token)
    {
        await _identity.VerifyAsync(token);
        var root = _inbox.RealRoot();
        using var directory = _inbox.Open();
        var place = directory.Stat().Place;
        if (_events is { HasEnded: true } || place != _place)
        {
            // Removed and made again, or mounted over, between two rounds: the watches are on a directory that no one sees.
            CloseEvents();
        }

        if (_events is null)
        {
            _place = place;
            _events = _open(root, _inbox.Options.Recursive);
            _scan.Now();
            _compare.Now();
        }

        Drain(_events);
        if (_taken is not null && _forget.IsDue)
        {
            // Before the first scan, so that this passes by what is there taken, be it for months.
            using (_forget.Begin(ScanShare))
            {
                await _taken.CompareAsync(token);
            }
        }

        if (_scan.IsDue)
        {
            using (_scan.Begin(ScanShare))
            {
                Look("");
            }

            LastScanAt = _time.GetUtcNow();
        }

        var result = await _intake.TakeAsync(_waiting.Ready(), token);
        if (_markers is not null && _compare.IsDue)
        {
            using (_compare.Begin(ScanShare))
            {
                result += await _markers.RunOnceAsync(token);
            }
        }

        if (_loaded is not null && _forget.IsDue)
        {
            using (_forget.Begin(ScanShare))
            {
                _loaded.RemoveOld(token);
            }
        }

        return result;
    }

    private void Drain(IInboxEvents events)
    {
        while (events.TryRead(out var happened))
        {
            switch (happened.Kind)
            {
                case InboxEventKind.Finished:
                    _waiting.Finished(happened.Path);
                    break;
                case InboxEventKind.Seen:
                    _waiting.Seen(happened.Path);
                    break;
                case InboxEventKind.Directory:
                    Look(happened.Path);
                    break;
                default:
                    Log.EventsLost(_logger, _inbox.Name);
                    _scan.Now();
                    break;
            }
        }

        if (events.ScanningBecause is { } reason && reason != _toldScanning)
        {
            _toldScanning = reason;
            Log.Scanning(_logger, _inbox.Name, _inbox.Options.ScanInterval, reason);
        }
    }

    private void Look(string below)
    {
        try
        {
            foreach (var path in InboxScan.Triggers(_inbox, below))
            {
                if (!_claims.IsTaken(path) && !_waiting.Seen(path) && path.Contains('\uFFFD', StringComparison.Ordinal) && _unnameable.Count < 1000 && _unnameable.Add(path))
                {
                    Log.Unnameable(_logger, _inbox.Name, path);
                }
            }
        }
        catch (DirectoryNotFoundException) when (below.Length > 0)
        {
            // A directory that was moved away again.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw _inbox.Away(exception.Message);
        }
    }

    private async Task ReportAsync(CancellationToken token)
    {
        if (!_report.IsDue)
        {
            return;
        }

        using (_report.Begin(1))
        {
            try
            {
                await _ledger.ReportWatcherAsync(
                    new WatcherReport(
                        Environment.MachineName, Environment.ProcessId, _inbox.Name, Mode, State, _events?.LastEventAt, LastScanAt, _waiting.OldestAt, Version)
                    {
                        SilentAfter = _inbox.Options.WatcherSilence,
                    },
                    token);
            }
            catch (Exception exception) when (exception is DbException or TimeoutException)
            {
                // The state says it already, and the next report is five seconds away.
                Log.NotReported(_logger, _inbox.Name, exception.Message);
            }
        }
    }

    private void Become(string state, bool away)
    {
        if (state != State)
        {
            if (away)
            {
                Log.Away(_logger, _inbox.Name, state);
            }
            else
            {
                Log.Watching(_logger, _inbox.Name, _inbox.Root, Mode, state);
            }

            // Reported immediately, so that people see it when it happens.
            _report.Now();
        }

        State = state;
        _away = away;
    }

    private void CloseEvents()
    {
        _events?.Dispose();
        _events = null;
    }

    private static TimeSpan Shortest(params ReadOnlySpan<TimeSpan> spans)
    {
        var shortest = TimeSpan.FromMinutes(1);
        foreach (var span in spans)
        {
            shortest = span < shortest ? span : shortest;
        }

        return shortest;
    }
}
