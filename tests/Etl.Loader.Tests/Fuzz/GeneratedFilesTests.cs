using Etl.Loader.Fuzz;
using Etl.Loader.Tests.Survey;

namespace Etl.Loader.Tests.Fuzz;

/// <summary>The short run of <c>infra/fuzz</c>: the same files in every run, so that what fails once fails again.</summary>
public class GeneratedFilesTests
{
    private const int Seed = 20_261;

    [Fact]
    public async Task Every_generated_file_becomes_the_table_that_was_meant_or_is_refused()
    {
        var options = new FuzzOptions { Seed = Seed, Files = SurveyFiles.Iterations(1000) };
        var said = new List<string>();
        var campaign = new Campaign(options, said.Add);
        await campaign.RunAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"{campaign.Tally.Text()}seed {Seed}");
        Assert.True(campaign.Findings.Count == 0, string.Join('\n', said));
        Assert.Equal(options.Files, campaign.Tally.Files);
        Assert.True(campaign.Tally.Right * 10 >= campaign.Tally.Files * 9, $"Only {campaign.Tally.Right} of {campaign.Tally.Files} files were loaded.");
    }
}
