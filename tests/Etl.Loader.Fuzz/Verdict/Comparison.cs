using System.Security.Cryptography;
using System.Text;
using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.Fuzz.Verdict;

/// <summary>Holds a survey and a reading against the table that was meant. Throws <see cref="DifferenceException"/> at the first difference.</summary>
internal sealed class Comparison(GeneratedDataset dataset, ExpectedTable expected)
{
    public void Survey(DatasetSurvey survey)
    {
        Same("columns", string.Join('|', expected.Names), string.Join('|', survey.Columns.Select(column => column.Name)));
        Same("rows surveyed", expected.Records.Count, survey.Rows);
        var loaded = expected.Records.Where(record => record.Values is not null).ToList();
        for (var i = 0; i < expected.Types.Count; i++)
        {
            var (column, type) = (survey.Columns[i], expected.Types[i]);
            Same($"type of column {column.Name}", Show(type), Show(column.Type));
            Same($"nulls of column {column.Name}", loaded.Count(record => record.Values![i] is null), column.Nulls);
            if (type.Kind != TypeKind.Float8)
            {
                var longest = loaded.Max(record => record.Values![i] is { } text ? Encoding.UTF8.GetByteCount(text) : (int?)null) ?? 0;
                Require(longest <= column.MaxBytes || survey.Format == DataFormat.Parquet, $"the longest value of column {column.Name} has {longest} bytes, the survey says {column.MaxBytes}");
            }
        }

        for (var i = 0; i < survey.Files.Count; i++)
        {
            var (file, bytes) = (survey.Files[i], dataset.Files[i].Bytes);
            Same($"hash of {file.Path}", Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Sha256);
            Same($"bytes of {file.Path}", bytes.Length, file.Bytes);
            Same($"rows of {file.Path}", expected.Records.Count(record => record.File == file.Path), file.Rows);
            Chunks(file, bytes.AsSpan().TrimEnd((byte)0x1A).Length);
        }
    }

    public void Rows(Reading reading, IReadOnlyList<TargetColumn> columns)
    {
        var (fitting, others) = Split(columns);
        Same("rows loaded", fitting.Count, reading.Rows);
        var values = reading.Values();
        for (var row = 0; row < fitting.Count; row++)
        {
            for (var column = 0; column < columns.Count; column++)
            {
                var meant = MeaningOf(fitting[row].Values![columns[column].Ordinal], columns[column].Type);
                if (!Equals(meant, values[row][column]))
                {
                    throw new DifferenceException(
                        $"{fitting[row].File} line {fitting[row].Line}, column '{columns[column].SourceName}' ({columns[column].Type}): meant {Meaning.Show(meant)}, loaded {Meaning.Show(values[row][column])}");
                }
            }
        }

        Rejects(others, reading.Rejects);
    }

    /// <summary>Line, place, reason and raw text of every reject.</summary>
    public void Rejects(IReadOnlyList<ExpectedRecord> meant, IReadOnlyList<RejectedRecord> rejects)
    {
        for (var i = 0; i < Math.Min(meant.Count, rejects.Count); i++)
        {
            var (record, reject) = (meant[i], rejects[i]);
            Same("place of a reject", (record.File, record.Line, record.Offset), (reject.File, reject.Line, reject.Offset));
            Require(reject.Reason.Contains(record.Because, StringComparison.Ordinal), $"line {record.Line} was rejected because it {reject.Reason}, not because of '{record.Because}'");
            var text = dataset.Files.Single(file => file.Name == reject.File).Text;
            if (text.Length > 0)
            {
                var raw = text.AsSpan((int)reject.Offset, (int)reject.Bytes);
                Require(Math.Abs(reject.Bytes - record.Bytes) <= 3 || raw.IndexOfAnyExcept(" \t\r\n"u8) < 0, $"the reject of line {record.Line} has {reject.Bytes} bytes, not {record.Bytes}");
                var shown = Plain(Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, 64 * 1024)]));
                Require(shown.StartsWith(Plain(reject.Raw), StringComparison.Ordinal), $"the bytes at the reject of line {record.Line} are '{shown}', its raw text is '{Plain(reject.Raw)}'");
            }
        }

        Same("rejects", meant.Count, rejects.Count);
    }

    /// <summary>Which records the final types take, and which are rejected for it or were damaged before.</summary>
    public (List<ExpectedRecord> Fitting, List<ExpectedRecord> Others) Split(IReadOnlyList<TargetColumn> columns)
    {
        var split = expected.Records.ToLookup(record => record.Values is { } values && columns.All(column => values[column.Ordinal] is not { } text || Fits(text, column.Type)));
        return ([.. split[true]], [.. split[false]]);
    }

    public object? MeaningOf(string? text, ColumnType type) => text is null ? null : Meaning.Of(type.Kind, text, expected.Formats);

    private bool Fits(string text, ColumnType type)
    {
        var meaning = MeaningOf(text, type);
        if (meaning is not Oracle.Decimal number || type.Precision == 0 || type.Precision > 1000)
        {
            return meaning is not null;
        }

        return number.Scale <= type.Scale && System.Numerics.BigInteger.Abs(number.Unscaled) < System.Numerics.BigInteger.Pow(10, type.Precision - type.Scale + number.Scale);
    }

    /// <param name="end">Before the end mark, where the file has one.</param>
    private static void Chunks(FileSurvey file, long end)
    {
        for (var i = 1; i < file.Chunks.Count; i++)
        {
            var (before, chunk) = (file.Chunks[i - 1], file.Chunks[i]);
            Same($"chunk {i} of {file.Path}", (before.Offset + before.Bytes, before.FirstRow + before.Rows), (chunk.Offset, chunk.FirstRow));
        }

        if (file.Chunks is [.., var last] && file.Dialect?.End is null)
        {
            Same($"end of the chunks of {file.Path}", (end, file.Rows), (last.Offset + last.Bytes, last.FirstRow + last.Rows));
        }
    }

    /// <summary>As people are shown it: no NUL, no line end behind it, no byte order mark before it.</summary>
    private static string Plain(string raw) => raw.TrimStart('\uFEFF').TrimEnd('\r', '\n', ' ', '\t').Replace('\0', '\uFFFD').Trim('\uFFFD');

    private static string Show(ColumnType type) => type.Kind is TypeKind.Numeric ? $"{type.Kind}({type.Precision},{type.Scale})" : type.Kind.ToString();

    private static void Same<T>(string what, T meant, T found) => Require(Equals(meant, found), $"{what}: meant {meant}, found {found}");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new DifferenceException(otherwise);
        }
    }
}
