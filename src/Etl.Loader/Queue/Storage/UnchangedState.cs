using Hangfire.States;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// A job's present state again, with the reason why it was not changed. A filter cannot veto by throwing: the change would be tried
/// again and again. The data stay, so that the worker that runs the job still recognises it as its own.
/// </summary>
internal sealed class UnchangedState(string name, IDictionary<string, string>? data, bool isFinal, string reason) : IState
{
    public string Name { get; } = name;

    public string Reason { get; } = reason;

    public bool IsFinal { get; } = isFinal;

    public bool IgnoreJobLoadException => true;

    public Dictionary<string, string> SerializeData() => data is null ? [] : new Dictionary<string, string>(data);
}
