using System.Text;
using CsCheck;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Tests.Survey;

/// <summary>A load that is resumed hashes what it has loaded and takes the rest apart, to the same parts, records, lines and rejects.</summary>
public class LoadedPartsTests
{
    private static readonly Gen<string> Cell = Gen.Frequency(
        (12, Gen.String[Gen.Char['a', 'z'], 0, 8]),
        (3, DelimitedPropertyTests.One("\"x\r\ny\"", "\"\n\n\"", "\"\r\"", "\"a,\"\"b\"\"\"", "ä€𝄞", "\0", "a\"b")),
        (1, Gen.Int[60, 400].Select(length => new string('l', length))));

    /// <summary>A wide line ends in a value: where all lines end in a delimiter, the survey rightly asks what it means.</summary>
    private static readonly Gen<string> Line = Gen.Select(
        Gen.Frequency((9, Cell.Array[3]), (1, Cell.Array[1, 5])), DelimitedPropertyTests.One("\n", "\n", "\r\n", "\r"),
        (cells, end) => string.Join(',', cells) + (cells is [_, _, _, .., ""] ? "z" : "") + end);

    /// <summary>As in the product the limit of a record is not below the buffer's size.</summary>
    [Fact]
    public async Task The_rest_of_a_file_is_read_as_if_all_of_it_had_been()
    {
        using var files = new SurveyFiles();
        await Gen.Select(Line.List[1, 60], Gen.Int[8, 150], Gen.Int[1, 400], Gen.Int[0, 200], Gen.Int[0, int.MaxValue]).SampleAsync(
            async (lines, buffer, portion, beyond, seed) =>
            {
                var options = new ScanOptions { BufferBytes = buffer, PartBytes = portion, MaxRecordBytes = buffer + beyond };
                var reader = await ReaderAsync(files.Write("data.csv", "a,b,c\n" + string.Concat(lines)), options);
                var whole = await PartsAsync(reader, []);
                var random = new Random(seed);
                var (often, known) = (random.NextDouble(), new List<Part>());
                foreach (var part in whole)
                {
                    if (random.NextDouble() < often)
                    {
                        known.Add(part);
                    }
                }

                var again = await PartsAsync(reader, [.. known.Select(part => new LoadedPart(0, part.Offset, part.Rows))]);
                Assert.Equal(whole.Select(part => (part.Offset, part.Hash)), again.Select(part => (part.Offset, part.Hash)));
                foreach (var (before, now) in whole.Zip(again))
                {
                    if (!known.Contains(before) || now.Rows > 0)
                    {
                        Assert.Equal(before.Records, now.Records);
                        Assert.Equal(before.Rejects, now.Rejects);
                    }
                }
            },
            iter: SurveyFiles.Iterations(2000), threads: 1);
    }

    [Fact]
    public async Task What_is_loaded_is_not_taken_apart()
    {
        using var files = new SurveyFiles();
        var options = new ScanOptions { BufferBytes = 100, PartBytes = 1000 };
        var reader = await ReaderAsync(files.Write("data.csv", "a,b,c\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i},x,y\n"))), options);
        var whole = await PartsAsync(reader, []);
        Assert.InRange(whole.Count, 5, 20);

        // The last one that is loaded ends where no one knows: it is read as before.
        var again = await PartsAsync(reader, [.. whole.Take(5).Select(part => new LoadedPart(0, part.Offset, part.Rows))]);
        Assert.Equal([0, 0, 0, 0, .. whole.Skip(4).Select(part => part.Rows)], again.Select(part => part.Rows));
        Assert.Equal(whole.Skip(4), again.Skip(4), (before, now) => before.Records.SequenceEqual(now.Records));
    }

    [Fact]
    public async Task A_file_that_became_shorter_is_reported_by_its_parts()
    {
        using var files = new SurveyFiles();
        var options = new ScanOptions { BufferBytes = 100, PartBytes = 1000 };
        var text = "a,b,c\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i},x,y\n"));
        var file = files.Write("data.csv", text);
        var reader = await ReaderAsync(file, options);
        var whole = await PartsAsync(reader, []);
        files.Write("data.csv", text[..2500]);
        await Assert.ThrowsAsync<DatasetException>(() => PartsAsync(reader, [.. whole.Select(part => new LoadedPart(0, part.Offset, part.Rows))]));
    }

    private static async Task<DatasetReader> ReaderAsync(SourceFile file, ScanOptions options)
    {
        var types = Enumerable.Repeat(ColumnType.Text, 3).ToArray();
        var request = new SurveyRequest
        {
            Files = [file],
            RejectsMax = long.MaxValue,
            TypesAsText = true,
            Dialect = new() { Delimiter = ",", Quote = "\"", Header = true, Skip = 0, Encoding = "utf-8" },
        };
        var surveyor = SurveyFiles.Surveyor(options);
        var survey = await surveyor.SurveyAsync(request, new NoProgress(), CancellationToken.None);
        return surveyor.CreateReader(survey with { Files = [survey.Files[0] with { Chunks = [] }] }, [file], types);
    }

    private static async Task<List<Part>> PartsAsync(DatasetReader reader, LoadedPart[] loaded)
    {
        var found = new List<Part>();
        await using var parts = reader.OpenParts(null!, ahead: 2, loaded);
        var batch = new RecordBatch();
        while (await parts.TakeAsync(CancellationToken.None) is { } part)
        {
            using var reading = part.Open();
            var records = new List<string>();
            while (reading.Read(batch))
            {
                for (var row = 0; row < batch.Rows; row++)
                {
                    var cells = Enumerable.Range(0, batch.Columns)
                        .Select(column => batch.IsNull(row, column) ? "null" : Encoding.UTF8.GetString(batch.Value(row, column)));
                    records.Add($"line {batch.Lines[row]}, at {batch.Offsets[row]}: {string.Join('|', cells)}");
                }
            }

            found.Add(new(part.Offset, part.Hash, records, reading.Rejects));
        }

        return found;
    }

    private sealed record Part(long Offset, string Hash, List<string> Records, IReadOnlyList<RejectedRecord> Rejects)
    {
        public int Rows => Records.Count + Rejects.Count;
    }
}
