using System.Text;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>The producer's side.</summary>
internal sealed partial class RunningUp
{
    public string InboxPath(string inbox, string file) => Path.Combine(Ready.Inboxes[inbox], file);

    /// <summary>Data first, under a temporary name, then renamed.</summary>
    public void Put(string inbox, string file, byte[] content)
    {
        var path = InboxPath(inbox, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, "." + Path.GetRandomFileName());
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }

    public void Put(string inbox, string file, string content) => Put(inbox, file, Encoding.UTF8.GetBytes(content));

    /// <summary>The signal; like the data in one piece, since a watcher may look at any time.</summary>
    public void Trigger(string inbox, string dataset, string content = "") => Put(inbox, dataset + ".trigger", content);

    public void Deliver(string inbox, string file, string content, string trigger = "") => Deliver(inbox, file, Encoding.UTF8.GetBytes(content), trigger);

    public void Deliver(string inbox, string file, byte[] content, string trigger = "")
    {
        Put(inbox, file, content);
        Trigger(inbox, file, trigger);
    }

    public void DeliverSample(string inbox, string file, string trigger = "") =>
        Deliver(inbox, file, File.ReadAllBytes(Path.Combine(Samples, file)), trigger);

    /// <summary>Waits until nothing but <c>X.loaded</c> or <c>X.failed</c> is beside the dataset.</summary>
    public async Task<Outcome> WaitForOutcomeAsync(string inbox, string dataset, TimeSpan? limit = null) =>
        await Deadline.WaitAsync(
            () => Task.FromResult(OutcomeOf(inbox, dataset)),
            () => $"{inbox}/{dataset} has no outcome; beside it: {string.Join(", ", Beside(inbox, dataset))}\n{Said}",
            limit,
            Token);

    public async Task<Outcome> LoadedAsync(string inbox, string dataset, TimeSpan? limit = null)
    {
        var outcome = await WaitForOutcomeAsync(inbox, dataset, limit);
        Assert.True(outcome.Loaded, $"{inbox}/{dataset} failed: {outcome.Text}");
        return outcome;
    }

    public async Task<Outcome> FailedAsync(string inbox, string dataset, TimeSpan? limit = null)
    {
        var outcome = await WaitForOutcomeAsync(inbox, dataset, limit);
        Assert.False(outcome.Loaded, $"{inbox}/{dataset} was loaded: {outcome.Text}");
        return outcome;
    }

    private Outcome? OutcomeOf(string inbox, string dataset)
    {
        var beside = Beside(inbox, dataset);
        if (beside is not [".loaded" or ".failed"])
        {
            return null;
        }

        try
        {
            var text = File.ReadAllText(InboxPath(inbox, dataset + beside[0]));
            return Beside(inbox, dataset).SequenceEqual(beside) ? new Outcome(beside[0] == ".loaded", text) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private string[] Beside(string inbox, string dataset)
    {
        var path = InboxPath(inbox, dataset);
        var name = Path.GetFileName(path);
        return
        [
            .. Directory.EnumerateFiles(Path.GetDirectoryName(path)!)
                .Select(file => Path.GetFileName(file)!)
                .Where(file => file.StartsWith(name + ".", StringComparison.Ordinal))
                .Select(file => file[name.Length..])
                .Where(rest => rest is ".queued" or ".loaded" or ".failed" || rest.StartsWith(".trigger", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
    }
}
