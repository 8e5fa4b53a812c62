using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Telemetry;

/// <summary>
/// Keeps the last <see cref="Figures"/> for those who look at them, so that a scrape never waits for the database. While no one looks, nothing is asked.
/// </summary>
internal sealed class FigureReading(IReadFigures figures, CountLate? late, TimeProvider time, ILogger<FigureReading> logger) : BackgroundService
{
    /// <summary>How old figures may be while someone looks.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Longer than the pause of an exporter that pushes once a minute.</summary>
    private static readonly TimeSpan Interest = TimeSpan.FromMinutes(3);

    private readonly LaneProgress _progress = new(time);
    private long _looked;
    private long _read;
    private volatile Seen? _known;

    /// <summary>What was read last, and how long ago; null: nothing yet. Asks for more.</summary>
    public Seen? Look()
    {
        Interlocked.Exchange(ref _looked, time.GetTimestamp());
        return _known is { } known ? known with { Age = time.GetElapsedTime(Interlocked.Read(ref _read)) } : null;
    }

    /// <summary>One round: true when it read.</summary>
    internal async Task<bool> RunOnceAsync(CancellationToken token)
    {
        var looked = Interlocked.Read(ref _looked);
        if (looked == 0 || time.GetElapsedTime(looked) > Interest)
        {
            return false;
        }

        try
        {
            var now = await figures.ReadAsync(token);
            var count = late is null ? (int?)null : await late(token);
            Interlocked.Exchange(ref _read, time.GetTimestamp());
            _known = new Seen(now, now.Lanes.ToDictionary(l => l.Target, _progress.StandsFor), count, TimeSpan.Zero);
            return true;
        }
        catch (Exception fault) when (!token.IsCancellationRequested)
        {
            // The last figures stay, and their age shows.
            Log.FiguresNotRead(logger, fault.Message);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RunOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    /// <param name="Stands">For how long each lane has not got on, as seen by this process.</param>
    /// <param name="Late">Deliveries that are late; null: nothing shows.</param>
    internal sealed record Seen(Figures Figures, IReadOnlyDictionary<string, TimeSpan> Stands, int? Late, TimeSpan Age);
}
