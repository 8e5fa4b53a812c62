using Etl.Loader.Chaos.Installation;
using Etl.Loader.Chaos.Verdict;
using Etl.Loader.Chaos.Workload;

namespace Etl.Loader.Chaos.Faults;

/// <summary>
/// Each database put back to a backup that is some loads old. Of the queue the product must make good by itself what it lost; what a target lost the
/// operator reloads.
/// </summary>
internal sealed class Restores(Stand stand, Operator people, WriterLog writers)
{
    private readonly Backups _backups = new(stand);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public IReadOnlyList<FaultKind> All() =>
    [
        new("queue restored from an older backup", (random, token) => RestoreAsync("queue", random, token)),
        new("warehouse restored from an older backup", (random, token) => RestoreAsync(Stand.Warehouse, random, token)),
        new("DuckDB file restored from an older backup", RestoreLakeAsync),
    ];

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
        stand.Mend();
        return at;
    }

    /// <summary>Lets some loads come after the backup.</summary>
    private static Task AgeAsync(Random random, CancellationToken token) => Task.Delay(random.Next(300, 2500), token);
}
