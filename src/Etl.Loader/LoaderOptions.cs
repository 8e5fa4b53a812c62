using Etl.Loader.Inboxes;
using Etl.Loader.Targets;

namespace Etl.Loader;

/// <summary>What the operator wrote under <c>Loader</c>.</summary>
internal sealed class LoaderOptions
{
    public const string Section = "Loader";

    public IDictionary<string, TargetOptions> Targets { get; set; } = new Dictionary<string, TargetOptions>(StringComparer.Ordinal);

    public IDictionary<string, InboxOptions> Inboxes { get; set; } = new Dictionary<string, InboxOptions>(StringComparer.Ordinal);
}
