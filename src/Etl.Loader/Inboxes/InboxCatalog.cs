using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Targets;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Inboxes;

/// <summary>The configured inboxes by name, built once from validated options.</summary>
internal sealed class InboxCatalog
{
    private readonly Dictionary<string, Inbox> _inboxes;

    public InboxCatalog(IOptions<LoaderOptions> options)
        : this(options.Value)
    {
    }

    public InboxCatalog(LoaderOptions options) =>
        _inboxes = options.Inboxes.ToDictionary(i => i.Key, i => Build(i.Key, i.Value, options.Targets), StringComparer.Ordinal);

    public IReadOnlyList<Inbox> All => [.. _inboxes.Values.OrderBy(i => i.Name, StringComparer.Ordinal)];

    /// <summary>Throws <see cref="LoaderException"/> naming the known inboxes when there is none of this name.</summary>
    public Inbox Get(string name) => _inboxes.TryGetValue(name, out var inbox)
        ? inbox
        : throw new UnknownNameException(
            $"There is no inbox '{name}'; configured inboxes: {Nearest.Among(name, [.. All.Select(i => i.Name)])}.",
            $"Add Loader:Inboxes:{name} to the configuration, or name another inbox.");

    /// <summary>The inbox that a file is in, and its path inside. Throws <see cref="LoaderException"/> when it is in none.</summary>
    public (Inbox Inbox, string Relative) Locate(string file) => Find(file) ?? throw new LoaderException(
        $"{file} is not in any inbox; the inboxes are: {string.Join(", ", All.Select(i => $"{i.Name} ({i.Root})"))}.",
        "Copy the file into an inbox ('etl-loader deliver FILE --inbox NAME' does it safely), then load it there.");

    /// <summary>Null when the file is not in any inbox.</summary>
    public (Inbox Inbox, string Relative)? Find(string file)
    {
        var full = Path.GetFullPath(file);
        foreach (var inbox in All)
        {
            foreach (var root in (string[])[Path.GetFullPath(inbox.Root), .. RealPath.Of(inbox.Root) is { } real ? [real] : Array.Empty<string>()])
            {
                if (RealPath.IsBelow(full, root))
                {
                    return (inbox, Path.GetRelativePath(root, full).Replace(Path.DirectorySeparatorChar, '/'));
                }
            }
        }

        return null;
    }


    private static Inbox Build(string name, InboxOptions options, IDictionary<string, TargetOptions> targets)
    {
        IReadOnlyList<string> reachable = [.. options.Targets.Prepend(options.Target).Distinct(StringComparer.Ordinal)];
        var schemas = reachable.ToDictionary(
            target => target,
            IReadOnlyList<string> (target) => options.Schemas.Count > 0
                ? [.. options.Schemas.Select(Naming.Normalise)]
                : [targets.TryGetValue(target, out var t) ? DefaultSchema(t) : "public"],
            StringComparer.Ordinal);
        return new Inbox(name, options, reachable, schemas);
    }

    private static string DefaultSchema(TargetOptions target) => target.Schema ?? (target.Kind == TargetKind.DuckDb ? "main" : "public");
}
