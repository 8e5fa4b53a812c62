using System.Text;
using CsCheck;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Tests.Survey;

/// <summary>Rows and text are made together; what is read must be what was meant, whatever the dialect and the borders of buffers.</summary>
public class DelimitedPropertyTests
{
    internal static Gen<T> One<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static readonly Gen<string> Piece = Gen.OneOf(
        One("a", "bc", " ", "\"", "'", ",", ";", "\t", "|", "\n", "\r\n", "\r", "ä", "€", "𝄞", "\\", "0", "1.5", "-", "NA", "\"\"", ", "),
        Gen.String[Gen.Char['a', 'z'], 0, 40]);

    private static readonly Gen<string?> Value = Gen.Frequency(
        (1, Gen.Const((string?)null)),
        (1, Gen.Const((string?)"")),
        (8, Piece.List[1, 4].Select(pieces => (string?)string.Concat(pieces))));

    private static readonly Gen<TextCase> Cases =
        from columns in Gen.Int[2, 6]
        from rows in Value.Array[columns].List[0, 30]
        from delimiter in One(",", ";", "\t", "|", " ", ", ", "::", "¦")
        from quote in One('"', '\'')
        from backslash in Gen.Bool
        from lineEnd in One("\n", "\r\n", "\r")
        from mark in Gen.Bool
        from header in Gen.Bool
        from final in Gen.Bool
        from always in Gen.Bool
        from encoding in One("utf-8", "utf-8", "utf-16le", "utf-16be")
        select new TextCase(columns, [.. rows], delimiter, quote, backslash, lineEnd, mark, header, final, always, encoding);

    [Fact]
    public async Task Every_value_is_read_as_it_was_meant_whole_and_chunk_by_chunk()
    {
        using var files = new SurveyFiles();
        await Gen.Select(Cases, Gen.Int[1, 200], Gen.Int[1, 400]).SampleAsync(
            async (text, buffer, chunk) =>
            {
                if (!text.Header && text.Rows.Length == 0)
                {
                    return;
                }

                var options = new ScanOptions { BufferBytes = buffer, ChunkBytes = chunk, SampleBytes = 64 * 1024 };
                var file = files.Write("data.csv", text.Bytes());
                var survey = await SurveyFiles.SurveyAsync(file, text.Spec(), options);
                Assert.Equal(text.Rows.Length, survey.Rows);
                foreach (var byChunks in survey.Files[0].Chunks.Count > 0 ? new[] { false, true } : [false])
                {
                    var asText = survey.Columns.Select(_ => ColumnType.Text).ToArray();
                    var (rows, rejects) = SurveyFiles.Read(survey, [file], options, byChunks, asText);
                    Assert.Empty(rejects);
                    Assert.Equal(text.Rows, rows);
                }
            },
            iter: SurveyFiles.Iterations(2000), threads: 1);
    }

    /// <summary>Reading once, with the types declared, gives the rows, the rejects and the survey that two readings give.</summary>
    [Fact]
    public async Task Read_once_or_in_portions_a_file_has_the_same_records_as_read_twice()
    {
        using var files = new SurveyFiles();
        await Gen.Select(Cases, Gen.Int[1, 200], Gen.Int[1, 400]).SampleAsync(
            async (text, buffer, portion) =>
            {
                if (!text.Header && text.Rows.Length == 0)
                {
                    return;
                }

                var options = new ScanOptions { BufferBytes = buffer, PartBytes = portion, SampleBytes = 64 * 1024 };
                var file = files.Write("data.csv", text.Bytes());
                var request = new SurveyRequest { Files = [file], Dialect = text.Spec(), TypesAsText = true };
                var surveyor = SurveyFiles.Surveyor(options);
                var survey = await surveyor.SurveyAsync(request, new NoProgress(), CancellationToken.None);
                var types = survey.Columns.Select(_ => ColumnType.Text).ToArray();

                var sketch = surveyor.Sketch(request)!;
                var reader = surveyor.CreateOnePassReader(request, sketch, types, declared: true);
                var once = await SurveyFiles.ReadPartsAsync(reader, sketch);
                Assert.Equal(text.Rows, once.Rows);
                var found = reader.Finish(sketch);
                Assert.Equal((survey.Rows, survey.Bytes, survey.Sha256), (found.Rows, found.Bytes, found.Sha256));
                Assert.Equal(survey.Columns, found.Columns);

                var twice = await SurveyFiles.ReadPartsAsync(surveyor.CreateReader(survey with { Files = [survey.Files[0] with { Chunks = [] }] }, [file], types), survey);
                Assert.Equal(once.Rows, twice.Rows);
                Assert.Equal(once.Parts, twice.Parts);
            },
            iter: SurveyFiles.Iterations(1000), threads: 1);
    }

    private sealed record TextCase(
        int Columns, string?[][] Rows, string Delimiter, char Quote, bool Backslash, string LineEnd, bool Mark, bool Header, bool Final, bool Always, string Encoding)
    {
        public DialectSpec Spec() => new()
        {
            Delimiter = Delimiter,
            Quote = Quote.ToString(),
            Escape = Backslash ? "\\" : Quote.ToString(),
            Header = Header,
            Encoding = Encoding,
            Skip = 0,
        };

        public byte[] Bytes()
        {
            var text = new StringBuilder();
            if (Mark)
            {
                text.Append('\uFEFF');
            }

            var lines = Rows.Select(row => string.Join(Delimiter, row.Select(Write)));
            if (Header)
            {
                lines = lines.Prepend(string.Join(Delimiter, Enumerable.Range(1, Columns).Select(i => $"c{i}")));
            }

            text.AppendJoin(LineEnd, lines);
            if (Final)
            {
                text.Append(LineEnd);
            }

            return System.Text.Encoding.GetEncoding(Encoding switch { "utf-16le" => "utf-16", "utf-16be" => "utf-16BE", _ => "utf-8" }).GetBytes(text.ToString());
        }

        private string Write(string? value)
        {
            if (value is null)
            {
                return "";
            }

            var needed = value.Length == 0 || value.AsSpan().IndexOfAny('\r', '\n', Quote) >= 0 || value.Contains(Delimiter, StringComparison.Ordinal)
                || (Delimiter.Length > 1 && value.EndsWith(Delimiter[0]));
            if (!needed && !Always)
            {
                return value;
            }

            var quote = Quote.ToString();
            var inner = Backslash ? value.Replace("\\", "\\\\").Replace(quote, "\\" + quote) : value.Replace(quote, quote + quote);
            return quote + inner + quote;
        }
    }
}
