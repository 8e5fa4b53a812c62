using System.Diagnostics;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Parquet;
using Etl.Loader.Survey.Streams;
using Etl.Loader.Tests.Inboxes;

namespace Etl.Loader.Tests.Attacks;

/// <summary>
/// A producer who may write to an inbox, and to nothing else, exchanges names there while the loader looks, reads, marks and clears. Each race is run until
/// it was lost and won often enough.
/// </summary>
public sealed class InboxAttackTests : IDisposable
{
    private const string Data = "id\n1\n2\n";
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(5);
    private static readonly DateTime Then = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).UtcDateTime;

    private readonly TempInbox _inbox = new(o => o.AfterLoad = "delete");

    public InboxAttackTests()
    {
        LocalUser.Permit(_inbox.Outside, "755");
        _inbox.Introduce();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _inbox.Dispose();

    [Fact]
    public void A_file_outside_that_takes_the_place_of_an_accepted_one_is_never_read()
    {
        _inbox.Write("a.csv", Data);
        Secret("secret", "password\nhunter2\n");
        File.CreateSymbolicLink(_inbox.At("b.csv"), "../secret");
        var spec = _inbox.Trigger("a.csv").Spec;
        LocalUser.Own(_inbox.Root);
        using var attack = LocalUser.Exchanging(_inbox.Root, "a.csv", "b.csv");
        var (read, refused) = (0, 0);
        Race(() => read >= 100 && refused >= 100, () =>
        {
            try
            {
                var file = Assert.Single(_inbox.Files.Resolve(spec));
                using var stream = new StreamReader(DataStreams.OpenRaw(file));
                Assert.Equal(Data, stream.ReadToEnd());
                read++;
            }
            catch (DatasetException)
            {
                refused++;
            }
        });
    }

    [Fact]
    public void A_Parquet_file_outside_that_takes_the_place_of_an_accepted_one_is_never_read()
    {
        ParquetFile(Path.Combine(_inbox.Outside, "secret"), "hunter2");
        ParquetFile(_inbox.At("a.parquet"), "1");
        File.CreateSymbolicLink(_inbox.At("b.parquet"), "../secret");
        var spec = _inbox.Trigger("a.parquet").Spec;
        LocalUser.Own(_inbox.Root);
        using var attack = LocalUser.Exchanging(_inbox.Root, "a.parquet", "b.parquet");
        var (read, refused) = (0, 0);
        Race(() => read >= 5 && refused >= 5, () =>
        {
            try
            {
                using var session = new ParquetSession(Assert.Single(_inbox.Files.Resolve(spec)), ParquetLimits.Default);
                Assert.Equal("1", session.Query($"SELECT c0 FROM {session.Relation(1)}", Token)[0][0]);
                read++;
            }
            catch (DatasetException)
            {
                refused++;
            }
        });
    }

    [Fact]
    public async Task A_pipe_that_takes_the_place_of_an_accepted_file_keeps_no_one_waiting()
    {
        _inbox.Write("a.csv", Data);
        var spec = _inbox.Trigger("a.csv").Spec;
        LocalUser.Own(_inbox.Root);
        LocalUser.Run($"mkfifo '{_inbox.At("pipe")}'");
        using var attack = LocalUser.Exchanging(_inbox.Root, "a.csv", "pipe");
        var (read, refused) = (0, 0);
        var reading = Task.Run(() => Race(() => read >= 100 && refused >= 100, () =>
        {
            try
            {
                using var stream = new StreamReader(DataStreams.OpenRaw(Assert.Single(_inbox.Files.Resolve(spec))));
                Assert.Equal(Data, stream.ReadToEnd());
                read++;
            }
            catch (DatasetException)
            {
                refused++;
            }
        }), Token);
        await reading.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    [Fact]
    public async Task Nothing_is_deleted_or_written_behind_a_directory_that_is_exchanged_for_a_link()
    {
        Exchangeable("a.csv", Data);
        var load = _inbox.Trigger("sub/a.csv");
        using var attack = LocalUser.Exchanging(_inbox.Root, "sub", "link", "a.csv", Data);
        LoadStatus[] outcomes = [LoadStatus.Queued, LoadStatus.Failed, LoadStatus.Loaded];
        var rounds = 0;
        await RaceAsync(() => rounds >= 2000, async () =>
        {
            await _inbox.Files.WriteMarkerAsync(load.Id, load.Spec, outcomes[rounds++ % outcomes.Length], "{}", Token);
            Untouched("a.csv", Data);
        });
    }

    [Fact]
    public async Task No_trigger_is_taken_behind_a_directory_that_is_exchanged_for_a_link()
    {
        Exchangeable("a.csv.trigger", "{}");
        using var attack = LocalUser.Exchanging(_inbox.Root, "sub", "link", "a.csv.trigger", "{}");
        using var watcher = _inbox.Watcher();
        var rounds = 0;
        await RaceAsync(() => rounds >= 1000 && _inbox.Ledger.Loads.Count > 5, async () =>
        {
            rounds++;
            await watcher.RunOnceAsync(Token);
            _inbox.Time.Advance(TimeSpan.FromSeconds(6));
            Untouched("a.csv.trigger", "{}");
        });
    }

    [Fact]
    public void A_pattern_lists_no_names_of_a_directory_outside()
    {
        Directory.CreateDirectory(Path.Combine(_inbox.Outside, "private"));
        File.WriteAllText(Path.Combine(_inbox.Outside, "private", "salaries.csv"), "");
        Directory.CreateSymbolicLink(_inbox.At("dir"), "../private");
        File.CreateSymbolicLink(_inbox.At("there.csv"), "../private/salaries.csv");
        File.CreateSymbolicLink(_inbox.At("not.csv"), "../private/nothing.csv");
        Assert.DoesNotContain("salaries", _inbox.Refusal("x", """{"files":["dir/*"]}"""), StringComparison.Ordinal);

        // What is reported of a link does not depend on what is there.
        Assert.Equal(_inbox.Refusal("there.csv").Replace("there", "not", StringComparison.Ordinal), _inbox.Refusal("not.csv"));
    }

    /// <summary>A directory of the producer's, and a link to one of someone else's that looks the same.</summary>
    private void Exchangeable(string name, string content)
    {
        var victim = Directory.CreateDirectory(Path.Combine(_inbox.Outside, "victim")).FullName;
        File.WriteAllText(Path.Combine(victim, name), content);
        File.SetLastWriteTimeUtc(Path.Combine(victim, name), Then);
        _inbox.Write("sub/" + name, content);
        File.SetLastWriteTimeUtc(_inbox.At("sub/" + name), Then);
        Directory.CreateSymbolicLink(_inbox.At("link"), "../victim");
        LocalUser.Own(_inbox.Root);
    }

    private void Untouched(string name, string content)
    {
        var victim = Path.Combine(_inbox.Outside, "victim");
        Assert.Equal([Path.Combine(victim, name)], Directory.GetFileSystemEntries(victim));
        Assert.Equal(content, File.ReadAllText(Path.Combine(victim, name)));
    }

    private void Secret(string name, string content)
    {
        File.WriteAllText(Path.Combine(_inbox.Outside, name), content);
        LocalUser.Permit(Path.Combine(_inbox.Outside, name), "600");
    }

    private static void ParquetFile(string path, string value)
    {
        using var connection = new DuckDB.NET.Data.DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"COPY (SELECT '{value}' AS value) TO '{path}' (FORMAT parquet)";
        command.ExecuteNonQuery();
    }

    private static void Race(Func<bool> enough, Action attempt) => RaceAsync(enough, () =>
    {
        attempt();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    /// <summary>Until both sides have won often enough; on a machine that is busy with other things a little longer.</summary>
    private static async Task RaceAsync(Func<bool> enough, Func<Task> attempt)
    {
        var began = Stopwatch.GetTimestamp();
        while (!enough() || Stopwatch.GetElapsedTime(began) < Enough / 5)
        {
            await attempt();
            Assert.True(Stopwatch.GetElapsedTime(began) < Enough * 12, "the race was not won often enough by either side");
        }
    }
}
