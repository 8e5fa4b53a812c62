using System.Globalization;
using Etl.Loader.Survey.JsonLines;
using Etl.Loader.Survey.Streams;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Parquet;

/// <summary>One survey under way: what the files have in common is gathered here, file after file.</summary>
internal sealed class ParquetPass(SurveyRequest request, ParquetLimits limits, IProgress<long> bytesRead, CancellationToken token)
{
    private readonly List<FileSurvey> _files = [];
    private readonly List<string> _notes = [];
    private SurveyedColumn[]? _columns;
    private long _rejected;
    private long _bytes;

    public IReadOnlyList<FileSurvey> Files => _files;

    public IReadOnlyList<SurveyedColumn> Columns => _columns ?? [];

    public IReadOnlyList<string> Notes => [.. _notes.Distinct()];

    public void Survey(SourceFile file)
    {
        var hash = Hash(file, out var bytes);
        using (var pages = DataStreams.OpenRaw(file))
        {
            ParquetChecksums.Verify(pages, file.Name, token);
        }

        using var session = new ParquetSession(file, limits);
        var schema = ParquetSchema.Read(session, file, _notes, token);
        var relation = session.Relation(schema.Count);
        var facts = session.Query(FactsOf(schema, relation), token)[0];
        new ParquetRawValues(file, token).Verify(ParquetRawRange.Of(session.Query(ParquetRawRange.Elements.Replace("@file", session.Path, StringComparison.Ordinal), token)));
        var rows = Number(facts[0]);
        var columns = schema.Select((column, number) => Judge(session, column, session.Numbered(schema.Count), rows, facts.AsSpan(2 + 3 * number, 3))).ToArray();
        ProveJson(session, schema, columns, relation);
        Merge(file, columns);
        RequireUsable(session, file, schema, Number(facts[1]));
        var chunks = ParquetChunks.Of(session, schema, limits, hash, bytes, token);
        _files.Add(new() { Path = file.Name, Bytes = bytes, Rows = rows, Sha256 = hash, Chunks = chunks });
    }

    private string Hash(SourceFile file, out long bytes)
    {
        using var delivered = new HashingStream(DataStreams.OpenRaw(file));
        var buffer = new byte[1024 * 1024];
        while (delivered.Read(buffer) > 0)
        {
            token.ThrowIfCancellationRequested();
            bytesRead.Report(_bytes + delivered.BytesRead);
        }

        bytes = delivered.BytesRead;
        _bytes += bytes;
        return delivered.FinishSha256();
    }

    /// <summary>All that has to be known of the values, in one reading: rows, unusable rows, then per column values, misfits and length.</summary>
    private static string FactsOf(IReadOnlyList<ParquetColumn> schema, string relation)
    {
        var unusable = schema.Select(column => column.Unusable).OfType<string>().ToList();
        var facts = schema.Select((column, number) => string.Create(
            CultureInfo.InvariantCulture,
            $", count(c{number}), {CountOf(column.Misfit)}, {(column.MaxBytes > 0 ? "0" : $"max(strlen({column.Text}))")}"));
        return $"SELECT count(*), {CountOf(unusable.Count == 0 ? null : Any(unusable))}{string.Concat(facts)} FROM {relation}";
    }

    private static string CountOf(string? condition) => condition is null ? "0" : $"CAST(count_if({condition}) AS BIGINT)";

    private static string Any(IEnumerable<string> conditions) => string.Join(" OR ", conditions.Select(condition => $"coalesce({condition}, false)"));

    private SurveyedColumn Judge(ParquetSession session, ParquetColumn column, string numbered, long rows, ReadOnlySpan<object?> facts)
    {
        long values = Number(facts[0]), misfits = Number(facts[1]);
        var maxBytes = values == 0 ? 0 : column.MaxBytes > 0 ? column.MaxBytes : (int)Number(facts[2]);
        if (misfits == 0)
        {
            return new(column.Name, column.Type, rows - values, maxBytes, null);
        }

        var first = session.Query(
            $"SELECT row_number, {column.TextOfMisfits} FROM {numbered} WHERE {column.Misfit} ORDER BY row_number LIMIT 1", token)[0];
        return new(
            column.Name, ColumnType.Text, rows - values, Math.Max(maxBytes, 32), new(column.Type.Kind, Number(first[0]), (string)first[1]!));
    }

    /// <summary>DuckDB is generous about JSON (NaN, doubled keys, \u0000): the values are looked at one by one, as strictly as PostgreSQL does.</summary>
    private void ProveJson(ParquetSession session, IReadOnlyList<ParquetColumn> schema, SurveyedColumn[] columns, string relation)
    {
        var json = Enumerable.Range(0, schema.Count).Where(number => columns[number].Type.Kind == TypeKind.Json).ToList();
        if (json.Count == 0)
        {
            return;
        }

        using var values = new ParquetStream(session, $"SELECT {string.Join(", ", json.Select(number => schema[number].Text))} FROM {relation}");
        var row = 0L;
        while (values.TryRead())
        {
            token.ThrowIfCancellationRequested();
            for (var i = 0; i < values.Rows; i++, row++)
            {
                for (var j = 0; j < json.Count; j++)
                {
                    ref var column = ref columns[json[j]];
                    if (column.Excluded is null && !values.IsNull(i, j) && !JsonNested.IsJson(values.Value(i, j)))
                    {
                        column = column with { Type = ColumnType.Text, Excluded = new(TypeKind.Json, row + 1, JsonText.Shorten(values.Value(i, j))) };
                    }
                }
            }
        }
    }

    /// <summary>Every file has the same columns, in any order; the types widen.</summary>
    private void Merge(SourceFile file, SurveyedColumn[] columns)
    {
        if (request.TypesAsText)
        {
            columns = [.. columns.Select(column => column with { Type = ColumnType.Text, Excluded = null })];
        }

        if (_columns is null)
        {
            _columns = columns;
            return;
        }

        var byName = columns.ToDictionary(column => column.Name, StringComparer.Ordinal);
        var missing = _columns.FirstOrDefault(column => !byName.ContainsKey(column.Name));
        if (missing is not null || columns.Length != _columns.Length)
        {
            var odd = missing?.Name ?? columns.ExceptBy(_columns.Select(known => known.Name), column => column.Name).First().Name;
            throw new DatasetException(
                $"{file.Name} {(missing is null ? "has a column" : "has no column")} {odd}, unlike {request.Files[0].Name}.",
                "All files of a dataset have the same columns; deliver files with other columns as a separate dataset.",
                file.Name,
                column: odd);
        }

        _columns = [.. _columns.Select(known => Merge(known, byName[known.Name]))];
    }

    private static SurveyedColumn Merge(SurveyedColumn known, SurveyedColumn other) => known with
    {
        Type = ColumnTypes.Widen(known.Type, other.Type),
        Nulls = known.Nulls + other.Nulls,
        MaxBytes = Math.Max(known.MaxBytes, other.MaxBytes),
        Excluded = known.Excluded ?? other.Excluded,
    };

    private void RequireUsable(ParquetSession session, SourceFile file, IReadOnlyList<ParquetColumn> schema, long unusable)
    {
        _rejected += unusable;
        if (unusable == 0 || _rejected <= request.RejectsMax)
        {
            return;
        }

        var conditions = schema.Where(column => column.Unusable is not null).ToList();
        var first = session.Query(
            $"SELECT row_number, {string.Join(", ", conditions.Select(column => $"coalesce({column.Unusable}, false)"))} FROM {session.Numbered(schema.Count)} "
            + $"WHERE {Any(conditions.Select(column => column.Unusable!))} ORDER BY row_number LIMIT 1",
            token)[0];
        var name = conditions[Array.FindIndex(first, 1, found => found is true) - 1].Name;
        throw new DatasetException(
            $"{file.Name}, row {Number(first[0])}: the text of column {name} has a NUL character, which no text column can hold.",
            "Remove it, or skip such rows with \"rejects\": {\"max\": n} in the manifest.",
            file.Name,
            Number(first[0]),
            name);
    }

    private static long Number(object? value) => value is null ? 0 : Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
