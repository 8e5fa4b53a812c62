using System.Text.Json;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>How a run of <c>etl-loader VERB …</c> ended and what it printed.</summary>
internal sealed record VerbResult(string Arguments, int ExitCode, string Out, string Error)
{
    /// <summary>The output as JSON; fails the test with everything printed where the verb did not end with <paramref name="exitCode"/>.</summary>
    public JsonElement Json(int exitCode = 0)
    {
        Ended(exitCode);
        using var document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }

    public VerbResult Ended(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"etl-loader {Arguments} ended with {ExitCode}, expected {exitCode}.\nout: {Out}\nerror: {Error}");
        return this;
    }
}
