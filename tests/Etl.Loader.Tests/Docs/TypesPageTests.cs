using System.Text;
using System.Text.RegularExpressions;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;
using Etl.Loader.Targets.PostgreSql;
using Etl.Loader.Tests.Survey;
using PostgreSqlTypes = Etl.Loader.Targets.PostgreSql.Types;

namespace Etl.Loader.Tests.Docs;

/// <summary>The tables of docs/types.md are what the survey does: each example on the page is surveyed.</summary>
public sealed partial class TypesPageTests : IDisposable
{
    private readonly SurveyFiles _files = new();
    private int _written;

    public void Dispose() => _files.Dispose();

    public static TheoryData<string, string, string[], string[]> Proven()
    {
        var rows = new TheoryData<string, string, string[], string[]>();
        foreach (var cells in Rows("| type |"))
        {
            rows.Add(cells[0], cells[1].Trim('`'), Examples(cells[3]), Examples(cells[4]));
        }

        return rows;
    }

    public static TheoryData<string, string, string[], string[]> Declared()
    {
        var rows = new TheoryData<string, string, string[], string[]>();
        foreach (var cells in Rows("| declared |"))
        {
            // Before the colon stands prose, which may name characters.
            rows.Add(cells[0], cells[1].Trim('`'), Examples(cells[2][(cells[2].IndexOf(": `", StringComparison.Ordinal) + 1)..]), Examples(cells[3]));
        }

        return rows;
    }

    [Fact]
    public void The_page_has_every_type()
    {
        var reported = Proven().Concat(Declared()).Select(row => Read(row.Data.Item1).Kind).Distinct();
        Assert.Equal(Enum.GetValues<TypeKind>().Where(kind => kind != TypeKind.Empty).Order(), reported.Order());
    }

    [Theory]
    [MemberData(nameof(Proven))]
    public async Task A_type_is_proven_by_its_examples_and_by_none_of_the_others(string type, string declaration, string[] examples, string[] others)
    {
        var kind = Read(type).Kind;
        Assert.NotEmpty(examples);
        Assert.Equal(declaration, PostgreSqlTypes.Declare(new ColumnType(kind)) switch
        {
            "timestamp without time zone" => "timestamp",
            "timestamp with time zone" => "timestamptz",
            "time without time zone" => "time",
            var plain => plain,
        });
        Assert.Equal(kind, await ProveAsync(examples));
        foreach (var other in others)
        {
            Assert.True(await ProveAsync([.. examples, other]) != kind, $"With '{other}' the column is still {type}.");
        }
    }

    [Theory]
    [MemberData(nameof(Declared))]
    public async Task A_declared_type_takes_its_examples_and_none_of_the_others(string type, string declaration, string[] examples, string[] others)
    {
        var declared = Read(type);
        Assert.NotEmpty(examples);
        Assert.NotEmpty(others);
        Assert.Equal(Read(declaration), declared);
        foreach (var example in examples)
        {
            Assert.True(await TakesAsync(declared, example), $"'{example}' is refused as {type}.");
        }

        foreach (var other in others)
        {
            Assert.False(await TakesAsync(declared, other), $"'{other}' is taken as {type}.");
        }
    }

    private static ColumnType Read(string type) => ColumnTypes.TryParse(type, out var read) ? read.Value : throw new InvalidOperationException($"'{type}' is no type.");

    private async Task<TypeKind> ProveAsync(string[] values) => (await SurveyAsync(values)).Survey.Columns[0].Type.Kind;

    private async Task<bool> TakesAsync(ColumnType type, string value)
    {
        var (survey, file) = await SurveyAsync([value]);
        var row = Assert.Single(SurveyFiles.Read(survey, [file], types: [type]).Rows);
        return TypeFit.Takes(type, Encoding.UTF8.GetBytes(row[0]!));
    }

    private async Task<(DatasetSurvey Survey, SourceFile File)> SurveyAsync(string[] values)
    {
        var file = _files.Write($"types-{++_written}.csv", "value\n" + string.Concat(values.Select(v => v + "\n")));
        return (await SurveyFiles.SurveyAsync(file, new DialectSpec { Delimiter = "|", Quote = "", Header = true }), file);
    }

    private static IEnumerable<string[]> Rows(string header) => Repository.Page("docs/types.md").Split('\n')
        .SkipWhile(line => !line.StartsWith(header, StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim(' ')).ToArray());

    private static string[] Examples(string cell) => [.. Example().Matches(cell).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex Example();
}
