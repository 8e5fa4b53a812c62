using System.Diagnostics;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Survey;
using Etl.Loader.Tests.Inboxes;
using Etl.Loader.Tests.Survey;

namespace Etl.Loader.Tests.Costs;

/// <summary>Whatever is read, a cancel ends it within a second of work, at whatever moment it comes.</summary>
[Collection(WorkMeter.Name)]
public sealed class CancelTests : IDisposable
{
    private static readonly TimeSpan MostWork = TimeSpan.FromSeconds(1);

    private readonly SurveyFiles _files = new();
    private readonly Random _moments = new();

    public void Dispose() => _files.Dispose();

    public static TheoryData<string, string, string> Endless => new()
    {
        { "a line without end", nameof(DataFormat.Delimited), "id,t\n1,x\n2," },
        { "a quote without end", nameof(DataFormat.Delimited), "id,t\n1,x\n2,\"" },
        { "a line without end", nameof(DataFormat.JsonLines), "{\"a\":1}\n{\"a\":\"" },
        { "a file without end", nameof(DataFormat.Parquet), "PAR1" },
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task A_survey_ends(string what, string kind, string start)
    {
        var format = Enum.Parse<DataFormat>(kind);
        var file = WithoutEnd($"{what}.data", start);
        var request = new SurveyRequest { Files = [file], Format = format, Dialect = new() { Delimiter = ",", Header = true, Encoding = "utf-8" } };
        await EndsAsync(token => Surveyor.OfAllFormats().SurveyAsync(request, new NoProgress(), token));
    }

    [Theory]
    [InlineData(nameof(DataFormat.Delimited), "id,t\n1,x\n2,")]
    [InlineData(nameof(DataFormat.JsonLines), "{\"id\":1}\n{\"t\":\"")]
    public async Task A_reading_ends(string kind, string start)
    {
        var format = Enum.Parse<DataFormat>(kind);
        var file = WithoutEnd("data", start);
        var dialect = new Dialect
        {
            Delimiter = ",",
            Quote = '"',
            Escape = '"',
            Encoding = "utf-8",
            Header = true,
            Skip = 0,
            Nulls = [""],
            Decimal = '.',
            Compression = "none",
        };
        var survey = new DatasetSurvey
        {
            Format = format,
            Files = [new() { Path = "data", Bytes = new FileInfo(file.Path).Length, Rows = 2, Sha256 = "", Dialect = dialect }],
            Columns = [new("id", new(TypeKind.Text), 0, 1, null), new("t", new(TypeKind.Text), 0, 1, null)],
            Rows = 2,
            Bytes = 1,
            Sha256 = "",
            Notes = [],
        };
        await EndsAsync(token => Task.Run(
            () =>
            {
                var reader = Surveyor.OfAllFormats().CreateReader(survey, [file], [new(TypeKind.Text), new(TypeKind.Text)]);
                reader.Token = token;
                using var records = reader.Open(0);
                var batch = new RecordBatch();
                while (records.Read(batch))
                {
                }
            },
            token));
    }

    [Fact]
    public async Task Looking_for_files_ends()
    {
        using var inbox = new TempInbox();
        for (var i = 0; i < 3_000; i++)
        {
            inbox.Write($"{new string('a', 200)}{i}", "");
        }

        // Each matches one file, and compares long beginnings with all others.
        inbox.Write(new string('a', 200) + "b", "");
        string[] patterns = [.. Enumerable.Range(0, 100).Select(i => $"*{new string('a', 80 + i % 40)}b")];
        await EndsAsync(token => Task.Run(() => new DatasetFiles(inbox.Inbox).Expand("orders.csv", patterns, token), token));
    }

    /// <summary>More bytes than anybody reads in the time of a test; they take no space.</summary>
    private SourceFile WithoutEnd(string name, string start)
    {
        var file = _files.Write(name, start);
        using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Write);
        stream.SetLength(64L << 30);
        return file;
    }

    private async Task EndsAsync(Func<CancellationToken, Task> work)
    {
        for (var time = 0; time < 3; time++)
        {
            var moment = _moments.Next(0, 300);
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var clock = Stopwatch.StartNew();
            var running = work(cancel.Token);
            var pause = Task.Delay(moment, TestContext.Current.CancellationToken);
            Assert.NotSame(running, await Task.WhenAny(running, pause));
            var before = WorkMeter.Spent();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
            var spent = WorkMeter.Spent() - before;
            Assert.True(spent < MostWork, $"cancelled after {moment} ms, it worked for another {spent} ({clock.Elapsed} in all)");
        }
    }
}
