namespace Etl.Loader.Targets;

/// <summary>The configured targets by name, built once at start.</summary>
internal sealed class TargetCatalog(IReadOnlyDictionary<string, ILoadTarget> targets)
{
    public IReadOnlyCollection<string> Names { get; } = [.. targets.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Throws <see cref="LoaderException"/> naming the known targets when there is none of this name.</summary>
    public ILoadTarget Get(string name) => targets.TryGetValue(name, out var target)
        ? target
        : throw new LoaderException(
            $"There is no target '{name}' in this process; configured targets: {string.Join(", ", Names)}.",
            $"Add Loader:Targets:{name} to the configuration, or name another target.");
}
