namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>Waits for a condition of the outside world, looked at often, with a limit after which the test fails with what was seen last.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(30);

    /// <summary>The first value that is not null.</summary>
    public static async Task<T> WaitAsync<T>(Func<Task<T?>> look, Func<string> whatWasSeen, TimeSpan? limit = null, CancellationToken token = default)
        where T : class
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            if (TimeProvider.System.GetElapsedTime(began) > (limit ?? Usual))
            {
                throw new TimeoutException(whatWasSeen());
            }

            await Task.Delay(Look, token);
        }
    }

    public static async Task UntilAsync(Func<bool> condition, Func<string> whatWasSeen, TimeSpan? limit = null, CancellationToken token = default) =>
        await WaitAsync(() => Task.FromResult(condition() ? "" : null), whatWasSeen, limit, token);
}
