using Etl.Loader.Chaos.Installation;
using Npgsql;

namespace Etl.Loader.Chaos.Workload;

/// <summary>
/// Delivers all the time: small and chunked, plain and compressed, replace, append and both into one table, names that come again with other content while
/// the former waits, loads or is tried again, faulty files. Keeps a short line before each lane, so that faults always hit something.
/// </summary>
internal sealed class Producer(Stand stand, int seed)
{
    private const int ReplaceNames = 5;
    private const int ShortestLine = 3;
    private const int SmallWidth = 32;
    private const int BigWidth = 192;

    private readonly Random _random = new(seed);
    private readonly Lock _knowing = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<(string Target, string File), Delivery> _newest = [];
    private readonly Dictionary<(string Target, string File), int> _triggers = [];
    private readonly Dictionary<string, int> _redelivered = new() { ["queued"] = 0, ["loading"] = 0, ["retrying"] = 0 };
    private readonly List<Delivery> _appended = [];
    private readonly HashSet<string> _overtaken = [];
    private int _number;
    private int _generation;

    /// <summary>Names that came again with other content, by what the former delivery's load was doing.</summary>
    public IReadOnlyDictionary<string, int> Redelivered => _redelivered;

    public long Bytes { get; private set; }

    /// <summary>What each table is made of, in the order of deliveries: of a renewed one only the last.</summary>
    public IReadOnlyDictionary<(string Target, string Table), List<Delivery>> Expected
    {
        get
        {
            lock (_knowing)
            {
                return _newest.Values.Where(d => d.Story != Story.Appended).Concat(_appended)
                    .GroupBy(d => (d.Target, d.Table))
                    .ToDictionary(g => g.Key, g => g.OrderBy(d => d.Number).ToList());
            }
        }
    }

    /// <summary>How many loads were asked for of each data file, by triggers and by reloads.</summary>
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

    public Delivery? Newest(string target, string file)
    {
        lock (_knowing)
        {
            return _newest.GetValueOrDefault((target, file));
        }
    }

    /// <summary>From here on appends go into new tables: those that grow stay small enough to be looked at all the time.</summary>
    public void BeginGeneration() => _generation++;

    /// <summary>False for tables of appends that are complete.</summary>
    public bool IsCurrent(string table) => table[0] != 'a' || table.StartsWith($"a{_generation}_", StringComparison.Ordinal);

    public async Task RunAsync(CancellationToken token)
    {
        await using var queue = new KeptSession(stand, "queue");
        while (!token.IsCancellationRequested)
        {
            try
            {
                foreach (var target in (string[])[Stand.Warehouse, Stand.Lake])
                {
                    await KeepLineAsync(queue, target, token);
                }

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

    /// <summary>A large file that is next in line, for faults that want to hit a load in its middle; chunked or, where the fault does not care, perhaps not.</summary>
    public Task DeliverBigAsync(string target, bool chunked, CancellationToken token) =>
        DeliverAsync(Big(target, _random.Next(2) == 0 ? "big.csv" : "big.csv.gz", _random.Next(chunked ? 45_000 : 15_000, 60_000)), token);

    /// <summary>One of everything into each target.</summary>
    public async Task DeliverEachAsync(CancellationToken token)
    {
        foreach (var target in (string[])[Stand.Warehouse, Stand.Lake])
        {
            await DeliverSmallAsync(target, token);
            await DeliverAsync(n => new Delivery(seed, n, target, $"a{n:d5}.csv", "a0_0", Story.Appended, true, 100, SmallWidth, false), token);
            await DeliverAsync(n => new Delivery(seed, n, target, $"m{n:d5}.csv", "mixed", Story.Ordered, n % 2 == 0, 100, SmallWidth, false), token);
            await DeliverAsync(n => new Delivery(seed, n, target, $"bad-{n:d5}.csv", "b0", Story.Ordered, false, 100, SmallWidth, true), token);
            await DeliverAsync(n => new Delivery(seed, n, target, "rejects.csv", "rejects_of", Story.Renewed, false, 100, SmallWidth, true), token);
            await DeliverBigAsync(target, chunked: true, token);
        }
    }

    /// <summary>A small file that replaces the one before.</summary>
    public Task<Delivery> DeliverSmallAsync(string target, CancellationToken token) =>
        DeliverAsync(n => new Delivery(seed, n, target, "r0.csv", "r0", Story.Renewed, false, 500, SmallWidth, false), token);

    /// <summary>Another file for the same table, sound.</summary>
    public async Task<Delivery> DeliverAfterAsync(Delivery old, CancellationToken token) =>
        await DeliverAsync(n => old with { Number = n, File = $"newer-{n:d5}.csv", Rows = _random.Next(1, 1000), Faulty = false }, token);

    /// <summary>The trigger again: its load is not known any more.</summary>
    public async Task TriggerAgainAsync(Delivery delivery, CancellationToken token)
    {
        await delivery.WriteAsync(stand.Inbox(delivery.Target), token);
        CountTrigger(delivery.Target, delivery.File);
        delivery.Trigger(stand.Inbox(delivery.Target));
    }

    public void CountTrigger(string target, string file)
    {
        lock (_knowing)
        {
            _triggers[(target, file)] = _triggers.GetValueOrDefault((target, file)) + 1;
        }
    }

    private async Task KeepLineAsync(KeptSession queue, string target, CancellationToken token)
    {
        var open = await queue.RowsAsync($"SELECT dataset, status, load_id::text FROM etl_loader.load WHERE target = '{target}' AND finished_at IS NULL", token);
        // What is to be tried again comes again at once: it would not stay so for long.
        var retrying = open.Where(l => (string)l[1]! == "retrying" && !_overtaken.Contains((string)l[2]!))
            .FirstOrDefault(l => Newest(target, (string)l[0]!) is { Story: Story.Renewed });
        if (retrying is not null)
        {
            _overtaken.Add((string)retrying[2]!);
            await DeliverAsync(Again(target, Newest(target, (string)retrying[0]!)!), token);
            _redelivered["retrying"]++;
            return;
        }

        if (open.Count + Directory.EnumerateFiles(stand.Inbox(target), "*.trigger").Count() >= ShortestLine)
        {
            return;
        }

        // One time in four what is under way comes again.
        var busy = open.Where(l => (string)l[1]! != "queued" && Newest(target, (string)l[0]!) is { Story: Story.Renewed }).Select(l => (string)l[0]!).FirstOrDefault();
        var delivery = await DeliverAsync(
            busy is not null && _random.Next(4) == 0 ? Again(target, Newest(target, busy)!) : Choose(target), token);
        if (open.FirstOrDefault(l => (string)l[0]! == delivery.File) is { } former)
        {
            _redelivered[(string)former[1]!]++;
        }
    }

    private Func<int, Delivery> Choose(string target)
    {
        var (kind, name, rows) = (_random.Next(100), _random.Next(ReplaceNames), _random.Next(1, 3000));
        return kind switch
        {
            < 45 => n => new Delivery(seed, n, target, $"r{name}.csv", $"r{name}", Story.Renewed, false, rows, SmallWidth, false),
            < 70 => n => new Delivery(seed, n, target, $"a{n:d5}.csv", $"a{_generation}_{name % 2}", Story.Appended, true, rows, SmallWidth, false),
            < 84 => n => new Delivery(seed, n, target, $"m{n:d5}.csv", "mixed", Story.Ordered, kind < 81, rows, SmallWidth, false),
            < 92 => n => new Delivery(seed, n, target, $"bad-{n:d5}.csv", $"b{name}", Story.Ordered, false, rows, SmallWidth, true),
            _ => Big(target, kind < 96 ? "big.csv" : "big.csv.gz", 15_000 + (rows * 15)),
        };
    }

    private Func<int, Delivery> Big(string target, string file, int rows) =>
        n => new Delivery(seed, n, target, file, file.EndsWith(".gz", StringComparison.Ordinal) ? "bigz" : "big", Story.Renewed, false, rows, BigWidth, false);

    private Func<int, Delivery> Again(string target, Delivery former) =>
        n => former with { Number = n, Target = target, Rows = Math.Max(1, former.Rows + _random.Next(-100, 100)) };

    private async Task<Delivery> DeliverAsync(Func<int, Delivery> make, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            var delivery = make(++_number);
            await delivery.WriteAsync(stand.Inbox(delivery.Target), token);
            Bytes += new FileInfo(Path.Combine(stand.Inbox(delivery.Target), delivery.File)).Length;

            // From here to the end of this block nothing may come between: the data is there.
            lock (_knowing)
            {
                _newest[(delivery.Target, delivery.File)] = delivery with { Faulty = false };
                if (delivery.Story == Story.Appended)
                {
                    _appended.Add(delivery);
                }
            }

            CountTrigger(delivery.Target, delivery.File);
            delivery.Trigger(stand.Inbox(delivery.Target));
            return delivery;
        }
        finally
        {
            _turn.Release();
        }
    }
}
