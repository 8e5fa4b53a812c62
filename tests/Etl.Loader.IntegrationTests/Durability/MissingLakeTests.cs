using Etl.Loader.App;
using Etl.Loader.App.Commands;
using Etl.Loader.App.Doctor;
using Etl.Loader.App.Output;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;

namespace Etl.Loader.IntegrationTests.Durability;

/// <summary>A DuckDB file that is not where it was: an outage, until it is back or a person says that a new one begins.</summary>
public class MissingLakeTests(PostgresServer server)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_is_missing_is_waited_for_and_not_made_again(bool whileServed)
    {
        await using var installation = await Installation.StartedAsync(server);
        await installation.LoadAsync("lake", "a.csv", "id\n1\n");
        if (!whileServed)
        {
            await installation.StopAsync();
        }

        File.Move(installation.Lake, installation.Lake + ".elsewhere");
        if (!whileServed)
        {
            await installation.StartAsync();
        }

        var waiting = await installation.DeliverAsync("lake", "b.csv", "id\n2\n");
        await installation.UntilLaneAsync("lake", lane => lane.WaitsFor?.Contains("is missing", StringComparison.Ordinal) == true);
        var finding = Assert.Single(await DoctorAsync(installation), f => f.Level == FindingLevel.Fault);
        Assert.Contains($"{installation.Lake} is missing", finding.Found, StringComparison.Ordinal);
        Assert.Contains("etl-loader migrate --target lake --new-file", finding.ToDo, StringComparison.Ordinal);
        Assert.False(File.Exists(installation.Lake));

        File.Move(installation.Lake + ".elsewhere", installation.Lake);
        var loaded = await installation.UntilAsync(waiting, LoadStatus.Loaded);
        Assert.Equal(0, loaded.Failures);
    }

    [Fact]
    public async Task A_person_may_begin_a_new_file_and_the_audit_says_who()
    {
        await using var installation = await Installation.StartedAsync(server);
        await installation.LoadAsync("lake", "a.csv", "id\n1\n");
        Assert.Equal(ExitCodes.Usage, await NewFileAsync(installation));
        Assert.Equal(0, await Installation.ScalarAsync<long>(installation.Queue, "SELECT count(*) FROM etl_loader.audit WHERE action = 'new file'"));

        File.Delete(installation.Lake);
        var waiting = await installation.DeliverAsync("lake", "b.csv", "id\n2\n");
        await installation.UntilLaneAsync("lake", lane => lane.WaitsFor?.Contains("is missing", StringComparison.Ordinal) == true);
        Assert.Equal(ExitCodes.Done, await NewFileAsync(installation));
        await installation.UntilAsync(waiting, LoadStatus.Loaded);
        Assert.Equal("lake", await Installation.ScalarAsync<string>(installation.Queue, "SELECT target FROM etl_loader.audit WHERE action = 'new file'"));
        Assert.Contains(await DoctorAsync(installation), f => f.Found.Contains("no receipt", StringComparison.Ordinal));
    }

    private static Task<IReadOnlyList<Finding>> DoctorAsync(Installation installation) =>
        Examination.RunAsync(installation.Configuration, clean: null, TimeProvider.System, Installation.Token);

    private static Task<int> NewFileAsync(Installation installation)
    {
        var settings = new[] { "ConnectionStrings:Queue", "Loader:Targets:lake:Kind", "Loader:Targets:lake:Path" };
        return CommandLine.RunAsync(
            ["migrate", "--target", "lake", "--new-file", "--reason", "test", .. settings.SelectMany(key => new[] { "--set", $"{key}={installation.Configuration[key]}" })],
            Surroundings.Real with { Out = TextWriter.Null, Error = TextWriter.Null, Interactive = false },
            Installation.Token);
    }
}
