using Hangfire.Common;
using Hangfire.Server;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// The only types that Hangfire may look up by a name it read, wherever it reads one: a job, a state, an argument, the "$type" of any JSON. Any other name is
/// refused before the runtime looks for it, let alone loads an assembly.
/// </summary>
internal static class KnownTypes
{
    /// <summary>The runtime's own also by the library in which it has them.</summary>
    private static readonly Dictionary<string, Type> Types = new[] { typeof(ILoadJob), typeof(Guid), typeof(PerformContext), typeof(CancellationToken) }
        .SelectMany(t => new[] { TypeHelper.SimpleAssemblyTypeSerializer(t), $"{t.FullName}, {t.Assembly.GetName().Name}" }.Distinct().Select(name => (Name: name, Type: t)))
        .ToDictionary(t => t.Name, t => t.Type, StringComparer.Ordinal);

    public static Type Resolve(string name) => Types.TryGetValue(name, out var type)
        ? type
        : throw new InvalidOperationException($"A row names the type '{(name.Length <= 200 ? name : name[..200] + "…")}', which is not part of a load's job.");
}
