using Etl.Loader.Chaos.Installation;

namespace Etl.Loader.Chaos;

/// <summary>Where a run takes place: a directory of its own with a whole installation, which goes with the run. Logs stay where something is to be found out.</summary>
internal sealed class Place(CampaignOptions options) : IAsyncDisposable
{
    private readonly string _directory =
        Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"etl-loader-chaos-{Environment.ProcessId}")).FullName;

    private bool _keepLogs = true;

    /// <summary>Starts the installation and hands it to the run; true when every promise held.</summary>
    public async Task<bool> RunAsync(Func<Stand, CancellationToken, Task<bool>> run, CancellationToken token)
    {
        await using var stand = new Stand(options, _directory);
        await stand.StartAsync(token);
        var held = await run(stand, token);
        _keepLogs = !held;
        return held;
    }

    /// <summary>The databases go always.</summary>
    public ValueTask DisposeAsync()
    {
        var cluster = Path.Combine(_directory, "postgres");
        if (new DirectoryInfo(cluster).LinkTarget is { } elsewhere)
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        if (_keepLogs)
        {
            Console.WriteLine($"logs are in {_directory}");
        }
        else
        {
            Directory.Delete(_directory, recursive: true);
        }

        return ValueTask.CompletedTask;
    }
}
