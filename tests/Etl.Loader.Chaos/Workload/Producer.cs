using Etl.Loader.Chaos.Installation;
using Npgsql;

namespace Etl.Loader.Chaos.Workload;

/// <summary>
/// Delivers all the time: replace and append, names that come again with other content while the former waits or loads, faulty files that are repaired and
/// requeued. Keeps a short line before each lane, so that faults always hit something.
/// </summary>
internal sealed class Producer(Stand stand, int seed)
{
    private const int ReplaceNames = 5;
    private const int AppendTables = 2;
    private const int ShortestLine = 3;

    private readonly Random _random = new(seed);
    private readonly Lock _knowing = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<(string Target, string File), Delivery> _newest = [];
    private readonly Dictionary<(string Target, string File), int> _triggers = [];
    private readonly List<Delivery> _appended = [];
    private readonly List<Delivery> _toRepair = [];
    private int _number;

    public int Requeued { get; private set; }

    public int Redelivered { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>What must be in each table in the end, in the order of deliveries.</summary>
    public IReadOnlyDictionary<(string Target, string Table), List<Delivery>> Expected
    {
        get
        {
            lock (_knowing)
            {
                return _newest.Values.Where(d => !d.Append).Concat(_appended)
                    .GroupBy(d => (d.Target, d.Table))
                    .ToDictionary(g => g.Key, g => g.OrderBy(d => d.Number).ToList());
            }
        }
    }

    /// <summary>How many triggers were made for each data file.</summary>
    public IReadOnlyDictionary<(string Target, string File), int> Triggers
    {
        get
        {
            lock (_knowing)
            {
                return _triggers.ToDictionary();
            }
        }
    }

    /// <summary>Runs until told to stop; then no faulty file is left unrepaired that the ledger knows as failed.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        while (!token.IsCancellationRequested)
        {
            try
            {
                foreach (var target in (string[])[Stand.Warehouse, Stand.Lake])
                {
                    if (await LineAsync(target, token) < ShortestLine)
                    {
                        await DeliverAsync(target, Choose(target), token);
                    }
                }

                await RepairAsync(token);
                await Task.Delay(_random.Next(50, 250), token);
            }
            catch (Exception away) when (away is NpgsqlException or IOException or TimeoutException)
            {
                await Task.Delay(200, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>A large file that is next in line: for faults that want to hit a load in its middle.</summary>
    public Task DeliverBigAsync(string target, CancellationToken token) =>
        DeliverAsync(target, n => new Delivery(seed, n, target, "big.csv", "big", false, _random.Next(100_000, 240_000), 192, false), token);

    /// <summary>Requeues what failed and was repaired; true when nothing is left to do.</summary>
    public async Task<bool> RepairAsync(CancellationToken token)
    {
        foreach (var broken in _toRepair.ToArray())
        {
            var failed = await stand.ScalarAsync(
                "queue", $"SELECT load_id::text FROM etl_loader.load WHERE target = '{broken.Target}' AND dataset = '{broken.File}' AND status = 'failed'", token);
            if (failed is not string load)
            {
                continue;
            }

            var good = broken with { Faulty = false };
            await good.WriteAsync(stand.Inbox(broken.Target), token);
            if (await stand.VerbAsync($"requeue {load} --reason repaired", token) == 0)
            {
                Requeued++;
                _toRepair.Remove(broken);
            }
        }

        return _toRepair.Count == 0;
    }

    private async Task<long> LineAsync(string target, CancellationToken token)
    {
        var waiting = Directory.EnumerateFiles(stand.Inbox(target), "*.trigger").Count();
        return waiting + (long)(await stand.ScalarAsync("queue", $"SELECT count(*) FROM etl_loader.load WHERE target = '{target}' AND finished_at IS NULL", token))!;
    }

    private Func<int, Delivery> Choose(string target)
    {
        var (kind, name, rows) = (_random.Next(100), _random.Next(ReplaceNames), _random.Next(1, 3000));
        return kind switch
        {
            < 55 => n => new Delivery(seed, n, target, $"r{name}.csv", $"r{name}", false, rows, 32, false),
            < 90 => n => new Delivery(seed, n, target, $"a{name % AppendTables}-{n:d5}.csv", $"a{name % AppendTables}", true, rows, 32, false),
            < 96 => n => new Delivery(seed, n, target, $"bad-{n:d5}.csv", $"bad_{n}", false, rows, 32, true),
            _ => n => new Delivery(seed, n, target, "big.csv", "big", false, 100_000 + (rows * 20), 192, false),
        };
    }

    private async Task DeliverAsync(string target, Func<int, Delivery> make, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            var delivery = make(++_number);
            await delivery.WriteAsync(stand.Inbox(target), token);
            Bytes += new FileInfo(Path.Combine(stand.Inbox(target), delivery.File)).Length;

            // From here to the end of this block nothing may come between: the data lies there.
            lock (_knowing)
            {
                var key = (target, delivery.File);
                Redelivered += _newest.ContainsKey(key) ? 1 : 0;
                _newest[key] = delivery with { Faulty = false };
                _triggers[key] = _triggers.GetValueOrDefault(key) + 1;
                if (delivery.Append)
                {
                    _appended.Add(delivery);
                }

                if (delivery.Faulty)
                {
                    _toRepair.Add(delivery);
                }
            }

            delivery.Trigger(stand.Inbox(target));
        }
        finally
        {
            _turn.Release();
        }
    }
}
