namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>One <c>up</c> for all tests of a class that do not disturb each other.</summary>
public sealed class SharedUp : IAsyncLifetime
{
    internal RunningUp Up { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Up = await RunningUp.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (Up is not null)
        {
            await Up.DisposeAsync();
        }
    }
}
