using System.Text.RegularExpressions;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>What is beside the data when its load has ended.</summary>
/// <param name="Loaded">Whether the marker is <c>X.loaded</c> (else <c>X.failed</c>).</param>
/// <param name="Text">The marker's content.</param>
internal sealed partial record Outcome(bool Loaded, string Text)
{
    public string LoadId => Id().Match(Text).Value;

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();
}
