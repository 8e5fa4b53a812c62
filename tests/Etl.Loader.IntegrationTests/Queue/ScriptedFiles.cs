using Etl.Loader.Ledger;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>Files that are as they were, or as a test says.</summary>
internal sealed class ScriptedFiles : IFileRefresh
{
    public Func<LoadSpec, LoadSpec> Now { get; set; } = static spec => spec;

    public LoadSpec Refresh(LoadSpec spec) => Now(spec);
}
