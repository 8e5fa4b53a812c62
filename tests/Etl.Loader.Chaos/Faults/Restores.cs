using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Etl.Loader.Chaos.Workload;

namespace Etl.Loader.Chaos.Faults;

/// <summary>
/// Each database put back to a backup that is some loads old. Of the queue the product must make good on its own what it lost; what a target lost the
/// operator reloads. One at a time from the backup on: what two databases have forgotten no one can know.
/// </summary>
internal sealed class Restores(Stand stand, Operator people, WriterLog writers)
{
    private readonly Backups _backups = new(stand);
    private readonly SemaphoreSlim _turn = new(1, 1);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public IReadOnlyList<FaultKind> All() =>
    [
        new("queue restored from an older backup", Part.Server, (random, token) => InTurnAsync(() => RestoreAsync("queue", random, token), token)),
        new("warehouse restored from an older backup", Part.Server, (random, token) => InTurnAsync(() => RestoreAsync(Stand.Warehouse, random, token), token)),
        new("DuckDB file restored from an older backup", Part.Loaders, (random, token) => InTurnAsync(() => RestoreLakeAsync(random, token), token)),
    ];

    private async Task<DateTimeOffset?> InTurnAsync(Func<Task<DateTimeOffset?>> restore, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            return await restore();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<DateTimeOffset?> RestoreAsync(string database, Random random, CancellationToken token)
    {
        await _backups.TakeAsync(database, token);
        await AgeAsync(random, token);
        await _backups.RestoreAsync(database, () => database == Stand.Warehouse ? writers.KeepAsync(token) : Task.CompletedTask, token);
        var at = Now;
        if (database == Stand.Warehouse)
        {
            people.TargetRestored(Stand.Warehouse);
        }
        else
        {
            people.QueueRestored();
        }

        return at;
    }

    private async Task<DateTimeOffset?> RestoreLakeAsync(Random random, CancellationToken token)
    {
        await _backups.TakeLakeAsync(token);
        await AgeAsync(random, token);
        foreach (var loader in stand.Of("serve"))
        {
            loader.Kill();
            await loader.EndsAsync(TimeSpan.FromSeconds(10), token);
        }

        await _backups.RestoreLakeAsync(token);
        var at = Now;
        people.TargetRestored(Stand.Lake);
        stand.Fix("serve");
        return at;
    }

    /// <summary>Lets some loads come after the backup.</summary>
    private static Task AgeAsync(Random random, CancellationToken token) => Task.Delay(random.Next(300, 2500), token);
}
