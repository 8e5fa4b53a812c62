using System.Globalization;
using System.Text;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Tests.Inboxes;
using Etl.Loader.Tests.Survey;

namespace Etl.Loader.Tests.Costs;

/// <summary>
/// The work grows no faster than the input, whatever is in it: four times as much may cost four times the processor time, with a wide margin
/// below the sixteen times of a loop within a loop.
/// </summary>
[Collection(WorkMeter.Name)]
public sealed class CostTests : IDisposable
{
    private const int Times = 4;
    private const double Margin = 2.5;

    /// <summary>Less than this is noise.</summary>
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(60);

    /// <summary>No input of a megabyte is worth more.</summary>
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(15);

    private readonly SurveyFiles _files = new();

    public void Dispose() => _files.Dispose();

    public static TheoryData<string> Texts => [.. Adversary.Texts.Keys];

    public static TheoryData<string> Json => [.. Adversary.Json.Keys];

    public static TheoryData<string> Manifests => [.. Adversary.Manifests.Keys];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_survey_of_text_grows_with_the_text(string shape) =>
        Verify(200_000, n => Survey(DataFormat.Delimited, _files.Write($"{n}.csv", Adversary.Texts[shape](n))));

    [Theory]
    [MemberData(nameof(Json))]
    public void A_survey_of_json_grows_with_the_text(string shape) =>
        Verify(250_000, n => Survey(DataFormat.JsonLines, _files.Write($"{n}.jsonl", Adversary.Json[shape](n))));

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_manifest_costs_what_its_length_costs(string shape)
    {
        using var inbox = new TempInbox();
        inbox.Introduce();
        inbox.Write("orders.csv", "id\n1\n");
        for (var i = 0; i < 200; i++)
        {
            inbox.Write($"{new string('a', 180)}{i}", "x");
        }

        Verify(250_000, n =>
        {
            var content = Adversary.Manifests[shape](Math.Min(n, ManifestReader.MaxBytes - 100));
            return () =>
            {
                var refusal = inbox.Trigger("orders.csv", content).Refusal;
                Assert.True(refusal is null || refusal.Error.Length < 10_000, $"a refusal of {refusal?.Error.Length} characters");
            };
        });
    }

    [Fact]
    public void Names_cost_what_the_headers_cost()
    {
        Name(i => "id");
        Name(i => i % 2 == 0 ? $"a_{i}" : "a");
        Name(i => i % 2 == 0 ? $"a_{i / 2}" : "a_" + (i % 8).ToString(CultureInfo.InvariantCulture));
        Name(i => new string('x', 61) + (char)('a' + i % 26) + (char)('a' + i / 26 % 26));
        Name(i => new string('x', 90));
        Name(i => string.Concat(Enumerable.Repeat(i % 2 == 0 ? "\u0315\u0320" : "ä", 45)));
        Verify(1_000, n => () => Naming.Columns([.. Enumerable.Repeat(new string('y', n), 40)]));
        Verify(1_000, n => () => Naming.Normalise(string.Concat(Enumerable.Repeat("\u0315", n / 2)) + string.Concat(Enumerable.Repeat("\u0320", n / 2))));

        static void Name(Func<int, string> header) => Verify(2_500, n =>
        {
            var headers = Enumerable.Range(0, n).Select(header).ToArray();
            return () => Naming.Columns(headers);
        });
    }

    [Fact]
    public void A_plan_costs_what_its_columns_cost() => Verify(2_500, n =>
    {
        var columns = Enumerable.Range(0, n).Select(i => new SurveyedColumn($"Col {i}", new(TypeKind.BigInt), 0, 1, null)).ToList();
        var survey = new DatasetSurvey { Format = DataFormat.Delimited, Files = [], Columns = columns, Rows = 1, Bytes = 1, Sha256 = "", Notes = [] };
        var spec = new LoadSpec
        {
            Inbox = "main",
            Dataset = "d.csv",
            Target = "warehouse",
            TableName = "d",
            Files = [],
            Schema = Enumerable.Range(0, n).ToDictionary(i => $"col_{n - 1 - i}", _ => "bigint"),
        };
        var existing = new ExistingTable(new("public", "d"), [.. Enumerable.Range(0, n).Select(i => new ExistingColumn($"col_{i}", new(TypeKind.BigInt), "bigint", true, false))], null);
        return () =>
        {
            Assert.Equal(n, ColumnPlan.Make(spec, survey, existing, null).Count);
            Assert.True(ColumnPlan.DeclaresAll(spec, survey, existing));
            Assert.True(ColumnPlan.HasAllTypes(spec with { Schema = new Dictionary<string, string>() }, survey, existing));
        };
    });

    [Fact]
    public void A_filter_costs_what_its_text_costs() =>
        Verify(20_000, n => () => LoadFilter.Parse("status:failed,loaded file:" + Adversary.Repeat(n, i => $"*{i}", "?")).Format());

    [Fact]
    public void Files_that_are_not_what_they_seemed_are_not_all_read_again_for_each()
    {
        // Only behind the sample these turn out to be in another encoding.
        var late = Encoding.Latin1.GetBytes("id,t\n" + Adversary.Repeat(70_000, _ => "1,a", "\n") + "\n2,é\n");
        Verify(4, n =>
        {
            var files = Enumerable.Range(0, n).Select(i => _files.Write($"{n}-{i}.csv", late)).ToArray();
            return Survey(DataFormat.Delimited, files);
        });
    }

    private static Action Survey(DataFormat format, params SourceFile[] files) => () =>
    {
        try
        {
            var survey = Surveyor.OfAllFormats().SurveyAsync(new() { Files = files, Format = format }, new NoProgress(), CancellationToken.None);
            Assert.NotNull(survey.GetAwaiter().GetResult());
        }
        catch (DatasetException refused)
        {
            Assert.True(refused.Message.Length < 1_000, $"a message of {refused.Message.Length} characters");
        }
    };

    /// <param name="make">The work over an input of this size.</param>
    private static void Verify(int size, Func<int, Action> make)
    {
        var (small, large) = (make(size), make(Times * size));
        small();
        var first = WorkMeter.Once(large);
        Assert.True(first < Ceiling, $"{Times * size} took {first}");
        var (one, many) = (WorkMeter.Of(small), WorkMeter.Of(large));
        var allowed = one * (Times * Margin) + Floor;
        Assert.True(many <= allowed, $"{size} took {one.TotalMilliseconds:0} ms, {Times} times as much {many.TotalMilliseconds:0} ms; allowed are {allowed.TotalMilliseconds:0} ms");
    }
}
