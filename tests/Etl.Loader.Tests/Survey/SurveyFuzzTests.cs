using System.Globalization;
using System.Text;
using CsCheck;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Tests.Survey;

/// <summary>Without hints, and with damage: the right table or a refusal, never a crash and never another table.</summary>
public class SurveyFuzzTests
{
    private static readonly string[] Words = ["apple", "pear tree", "Zoë", "a b c", "x", "North-West", "it's", "50 %", "R&D", "\"so\"", "semi;colon", "comma, blank", "two\nlines"];

    private static readonly Gen<Func<int, string>> Column = Gen.OneOf<Func<int, string>>(
        Gen.Int[0, 100_000].Select(seed => (Func<int, string>)(row => (seed + row * 37 % 1000).ToString(CultureInfo.InvariantCulture))),
        Gen.Int[0, 1000].Select(seed => (Func<int, string>)(row => ((seed + row * 13) / 100m).ToString(CultureInfo.InvariantCulture))),
        Gen.Int[0, 9000].Select(seed => (Func<int, string>)(row => new DateOnly(2000, 1, 1).AddDays(seed + row * 3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))),
        Gen.Int[0, 9000].Select(seed => (Func<int, string>)(row => new DateTime(2000, 1, 1).AddMinutes(seed + row * 377).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture))),
        Gen.Int[0, 12].Select(seed => (Func<int, string>)(row => Words[(seed + row * 5) % Words.Length])));

    private static readonly Gen<(string[] Names, string[][] Rows, string Text)> Tables =
        from first in Gen.Int[0, 10_000]
        from others in Column.List[1, 5]
        from count in Gen.Int[2, 40]
        from delimiter in Gen.Int[0, 3].Select(i => ",;\t|"[i])
        from lineEnd in Gen.Int[0, 2].Select(i => (string[])["\n", "\r\n", "\r"])
        from end in Gen.Int[0, 2]
        from header in Gen.Bool
        let rows = Enumerable.Range(0, count).Select(row => others.Select(column => column(row)).Prepend((first + row).ToString(CultureInfo.InvariantCulture)).ToArray()).ToArray()
        let names = Enumerable.Range(0, others.Count + 1).Select(i => header ? $"name{(char)('a' + i)}" : $"column_{i + 1}").ToArray()
        let lines = (header ? rows.Prepend(names) : rows).Select(row => string.Join(delimiter, row.Select(value => Write(value, delimiter))))
        select (names, rows, string.Join(lineEnd[end], lines) + lineEnd[end]);

    [Fact]
    public async Task Without_hints_the_table_is_right_or_refused()
    {
        using var files = new SurveyFiles();
        int right = 0, refused = 0;
        await Tables.SampleAsync(
            async table =>
            {
                var file = files.Write("data.csv", table.Text);
                try
                {
                    var survey = await SurveyFiles.SurveyAsync(file);
                    Assert.Equal(table.Names, survey.Columns.Select(column => column.Name));
                    Assert.Equal(table.Rows, SurveyFiles.Read(survey, [file]).Rows);
                    right++;
                }
                catch (DatasetException)
                {
                    refused++;
                }
            },
            iter: SurveyFiles.Iterations(1000), threads: 1);
        Assert.True(refused * 20 <= right, $"{refused} of {right + refused} tables were refused.");
    }

    [Fact]
    public async Task Damage_ends_in_rejects_or_a_refusal_and_every_reading_sees_the_same_records()
    {
        using var files = new SurveyFiles();
        var edits = Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 2], Gen.Int[0, 9].Select(i => (byte)"\",;\n\r\0\\' \xEB"[i])).List[1, 4];
        await Gen.Select(Tables, edits, Gen.Int[1, 300]).SampleAsync(
            async (table, changes, buffer) =>
            {
                var bytes = Encoding.UTF8.GetBytes(table.Text).ToList();
                foreach (var (place, kind, with) in changes)
                {
                    var at = place % bytes.Count;
                    switch (kind)
                    {
                        case 0: bytes.Insert(at, with); break;
                        case 1: bytes[at] = with; break;
                        default: bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + place % 3)); break;
                    }

                    if (bytes.Count == 0)
                    {
                        return;
                    }
                }

                var file = files.Write("data.csv", [.. bytes]);
                var options = new ScanOptions { BufferBytes = buffer, ChunkBytes = 200 };
                DatasetSurvey survey;
                try
                {
                    survey = await SurveyFiles.SurveyAsync(file, options: options, rejectsMax: 1000);
                }
                catch (DatasetException)
                {
                    return;
                }

                var (rows, rejects) = SurveyFiles.Read(survey, [file], options);
                Assert.Equal(survey.Rows, rows.Count + rejects.Count);
                if (survey.Files[0].Chunks.Count > 0)
                {
                    var (chunked, others) = SurveyFiles.Read(survey, [file], new(), chunks: true);
                    Assert.Equal(rows, chunked);
                    Assert.Equal(rejects, others);
                }

                for (var column = 0; column < survey.Columns.Count; column++)
                {
                    var one = new Etl.Loader.Survey.Types.TypeProof();
                    foreach (var row in rows.Where(row => row[column] is not null))
                    {
                        one.Observe(Encoding.UTF8.GetBytes(row[column]!), 1);
                    }

                    Assert.Equal(survey.Columns[column].Type, one.Finish("").Type);
                }
            },
            iter: SurveyFiles.Iterations(1000), threads: 1);
    }

    private static string Write(string value, char delimiter) =>
        value.AsSpan().IndexOfAny('"', '\n', delimiter) >= 0 ? $"\"{value.Replace("\"", "\"\"")}\"" : value;
}
