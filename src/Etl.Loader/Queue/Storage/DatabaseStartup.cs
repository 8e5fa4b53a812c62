using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Waits for the queue database and sees to its schema: makes it where <see cref="QueueOptions.MigrateAtStart"/> says so, otherwise checks it, which needs
/// no right to change it, and refuses with the command that makes it. Never holds up the host.
/// </summary>
internal sealed class DatabaseStartup(
    QueueDatabase database,
    LedgerMigrator ledger,
    HangfireSchema hangfire,
    DatabaseReadiness readiness,
    IOptions<QueueOptions> options,
    TimeProvider time,
    ILogger<DatabaseStartup> logger) : BackgroundService
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>One look. Null: all is well; otherwise what is missing. Throws what the database throws.</summary>
    internal async Task<string?> RunOnceAsync(CancellationToken token)
    {
        if (await ledger.IsCurrentAsync(token) && await hangfire.IsCurrentAsync(token))
        {
            return null;
        }

        if (!options.Value.MigrateAtStart)
        {
            return "its schema is missing or older than this version needs.";
        }

        var steps = await MigrateAsync(ledger, hangfire, token);
        Log.SchemaMigrated(logger, database.ToString(), string.Join(", ", steps));
        return null;
    }

    /// <summary>Brings both schemas up to date; returns what was done, for people.</summary>
    internal static async Task<IReadOnlyList<string>> MigrateAsync(LedgerMigrator ledger, HangfireSchema hangfire, CancellationToken token)
    {
        var steps = (await ledger.MigrateAsync(token)).Select(version => $"ledger {version}").ToList();
        if (await hangfire.MigrateAsync(token))
        {
            steps.Add($"hangfire {HangfireSchema.Newest}");
        }

        return steps;
    }

    private LoaderException Refusal(string missing) => new(
        $"Queue database {database}: {missing}",
        "Have its owner run `etl-loader migrate`, or what `etl-loader migrate --sql` prints; then start this process again.");

    /// <summary>
    /// One brief look before the services that follow begin: where the database answers, as it mostly does, they find everything in place
    /// and have nothing to wait for. Where it does not, the host starts all the same.
    /// </summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using var brief = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        brief.CancelAfter(FirstLook);
        try
        {
            if (await RunOnceAsync(brief.Token) is { } missing)
            {
                readiness.Refuse(Refusal(missing));
            }
            else
            {
                readiness.Open();
            }
        }
        catch (Exception later) when (later is LoaderException or NpgsqlException or TimeoutException or OperationCanceledException)
        {
            // The loop meets it again and reports it.
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromMilliseconds(250);
        string? reported = null;
        while (!readiness.IsReady && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunOnceAsync(stoppingToken) is not { } missing)
                {
                    readiness.Open();
                    return;
                }

                var refusal = Refusal(missing);
                readiness.Refuse(refusal);
                Report($"{missing} {refusal.Hint}", fault: true);
            }
            catch (LoaderException refusal)
            {
                readiness.Refuse(refusal);
                Report($"{refusal.Message} {refusal.Hint}", fault: true);
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException)
            {
                var read = PostgresFaults.Read(away);
                Report(read?.Words ?? away.Message, fault: read is not { Kind: FaultKind.Outage or FaultKind.Transient });
            }

            await Task.Delay(pause, time, stoppingToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }

        void Report(string reason, bool fault)
        {
            readiness.ReportWait($"queue database {database}: {reason}");
            if (reason == reported)
            {
                return;
            }

            reported = reason;
            if (fault)
            {
                Log.SchemaNotCurrent(logger, database.ToString(), reason);
            }
            else
            {
                Log.QueueAway(logger, database.ToString(), reason);
            }
        }
    }
}
