using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.JsonLines;

namespace Etl.Loader.Tests.Survey;

/// <summary>A file that is not a table must not become millions of columns: what is beyond a limit is refused with value, limit and what to do.</summary>
public sealed class ColumnLimitsTests : IDisposable
{
    private readonly SurveyFiles _files = new();

    public void Dispose() => _files.Dispose();

    public static TheoryData<string, string, string[]> Beyond => new()
    {
        { "columns", Line(10_001, "c") + "\n" + Line(10_001, "") + "\n", ["10,000", "datasets"] },
        { "a name", $"id,{new string('x', 4_001)}\n1,2\n3,4\n", ["column 2", "4,001", "4,000", "Shorten"] },
        { "all names", Line(4_000, new string('y', 300)) + "\n" + Line(4_000, "") + "\n", ["1,048,576"] },
        { "a header of 4 MB", Line(600_000, "col") + "\n1\n", ["first line", "1,048,576", "header"] },
        { "4 MB of one text", new string('x', 4 << 20), ["first line", "1,048,576"] },
        { "4 MB of quotes", string.Concat(Enumerable.Repeat("\"\",", 1 << 20)), ["first line"] },
    };

    [Theory]
    [MemberData(nameof(Beyond))]
    public async Task A_header_beyond_a_limit_is_refused(string what, string text, string[] reported)
    {
        var fault = await Assert.ThrowsAsync<DatasetException>(() => SurveyFiles.SurveyAsync(_files.Write($"{what}.csv", text)));
        Assert.All(reported, part => Assert.Contains(part, fault.Message + fault.Hint, StringComparison.Ordinal));
        Assert.True(fault.Message.Length < 500, fault.Message);
    }

    [Fact]
    public async Task A_header_at_the_limits_is_read()
    {
        var names = Enumerable.Range(0, 10_000).Select(i => $"n{i}").ToArray();
        var survey = await SurveyFiles.SurveyAsync(_files.Write("wide.csv", string.Join(',', names) + "\n" + Line(10_000, "") + "\n"));
        Assert.Equal(names, survey.Columns.Select(column => column.Name));
    }

    [Fact]
    public async Task A_first_line_that_is_a_row_may_be_long_where_the_trigger_says_so()
    {
        var text = $"1,{new string('x', 2 << 20)}\n2,y\n";
        var survey = await SurveyFiles.SurveyAsync(_files.Write("rows.csv", text), new DialectSpec { Delimiter = ",", Header = false });
        Assert.Equal(2, survey.Rows);
    }

    [Theory]
    [InlineData(4_001, 1, "column 1")]
    [InlineData(3_000, 400, "1,048,576")]
    public async Task Keys_of_json_lines_beyond_a_limit_are_refused(int length, int keys, string reported)
    {
        var text = string.Concat(Enumerable.Range(0, keys).Select(i => $$"""{"{{new string('k', length - 3)}}{{i:000}}":1}""" + "\n"));
        var file = _files.Write("keys.jsonl", text);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => new JsonLinesSurveyor().SurveyAsync(
            new SurveyRequest { Files = [file] }, new NoProgress(), TestContext.Current.CancellationToken));
        Assert.Contains(reported, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_names_are_distinguished_by_their_order_in_every_file()
    {
        var files = new[] { _files.Write("a.csv", "x,y,x\n1,2,3\n"), _files.Write("b.csv", "y,x,x\n5,4,6\n") };
        var survey = await SurveyFiles.Surveyor().SurveyAsync(new() { Files = files }, new NoProgress(), TestContext.Current.CancellationToken);
        Assert.Equal(["1|2|3", "4|5|6"], SurveyFiles.Read(survey, files).Rows.Select(row => string.Join('|', row)));
    }

    private static string Line(int fields, string prefix)
    {
        var line = new StringBuilder();
        for (var i = 0; i < fields; i++)
        {
            line.Append(i == 0 ? "" : ",").Append(prefix).Append(System.Globalization.CultureInfo.InvariantCulture, $"{i}");
        }

        return line.ToString();
    }
}
