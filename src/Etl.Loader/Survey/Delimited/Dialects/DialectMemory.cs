using System.Text;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Finds a file's dialect with what is known of the file that was loaded before it. What was found then stands where this file can be read by it:
/// a night with a header alone, or with one row, says little of itself. A finding that contradicts it is refused with both, since either the file
/// or the table's last load is not what it seems. What the producer states is not a finding: a stated change goes through.
/// </summary>
internal static class DialectMemory
{
    /// <summary>Records of a file that says too little of its header: one with names, one with values.</summary>
    private const int FewRecords = 2;

    public static FoundDialect Find(string file, DialectSpec spec, SurveyRequest request, TextSource source)
    {
        var pad = request.Ragged == RaggedRows.Pad;
        var finder = new DialectFinder(file, spec, pad, request.EveryLineIsARow);
        if (request.Known is not { } known)
        {
            return finder.Find(source);
        }

        var text = Encoding.UTF8.GetString(source.Sample.Span);
        var few = source.SampleIsWhole && Read(text, true, known.Delimiter, known.Quote, known.Escape).Records.Count(HasValue) <= FewRecords;
        var before = TryFind(new DialectFinder(file, Under(spec, known, few), pad, request.EveryLineIsARow), source, out _);
        var now = TryFind(finder, source, out var fault);
        if (now is null)
        {
            return before is not null && IsOfTable(before, known) ? Watching(before, spec) : throw fault!;
        }

        if (Same(now.Dialect, known, spec))
        {
            return now;
        }

        var byNames = before is not null && IsOfTable(before, known) && !IsOfTable(now, known);
        var alike = before is not null && (spec.Header ?? known.Header) == now.Dialect.Header && ReadsAlike(before.Dialect, now.Dialect, text, source.SampleIsWhole);
        if (byNames || alike)
        {
            return Watching(before!, spec);
        }

        var hint = Describe(now.Dialect.Delimiter, now.Dialect.Quote, now.Dialect.Escape, now.Dialect.Header);
        throw new DatasetException(
            $"{file}: the table's last load was read with {Describe(known.Delimiter, known.Quote, known.Escape, known.Header)}, this file looks like {hint}.",
            $"If the file is correct, write in the trigger \"dialect\": {hint}; else deliver it as before.",
            file,
            1);
    }

    private static bool HasValue(SampleRecord record) => record.Fields.Any(field => field.Text.Length > 0);

    private static FoundDialect? TryFind(DialectFinder finder, TextSource source, out DatasetException? fault)
    {
        try
        {
            fault = null;
            return finder.Find(source);
        }
        catch (DatasetException exception)
        {
            fault = exception;
            return null;
        }
    }

    /// <summary>The header is taken over only where the file is too short to show it: else its evidence also finds second headers and tables.</summary>
    private static DialectSpec Under(DialectSpec spec, KnownDialect known, bool header) => spec with
    {
        Delimiter = spec.Delimiter ?? known.Delimiter,
        Quote = spec.Quote ?? Text(known.Quote),
        Escape = spec.Escape ?? (spec.Quote is null ? Text(known.Escape) : null),
        Header = spec.Header ?? (header ? known.Header : null),
    };

    /// <summary>The table's own names in the header: the proof of delimiter and header.</summary>
    private static bool IsOfTable(FoundDialect found, KnownDialect known) => known.Header && found.Dialect.Header
        && 2 * found.Names.Intersect(known.Columns, StringComparer.OrdinalIgnoreCase).Count() > known.Columns.Count;

    private static bool Same(Dialect found, KnownDialect known, DialectSpec spec) =>
        (spec.Delimiter is not null || found.Delimiter == known.Delimiter)
        && (spec.Quote is not null || found.Quote == known.Quote)
        && (spec.Quote is not null || spec.Escape is not null || found.Escape == known.Escape)
        && (spec.Header is not null || found.Header == known.Header);

    /// <summary>The same records in the sample, and nothing in them that speaks against the first.</summary>
    private static bool ReadsAlike(Dialect before, Dialect now, string text, bool whole)
    {
        if ((before.Header, before.Skip) != (now.Header, now.Skip))
        {
            return false;
        }

        var first = Read(text, whole, before.Delimiter, before.Quote, before.Escape);
        var second = Read(text, whole, now.Delimiter, now.Quote, now.Escape);
        return first.Anomalies <= second.Anomalies && first.Records.Count == second.Records.Count
            && first.Records.Zip(second.Records).All(pair => pair.First.Fields.SequenceEqual(pair.Second.Fields));
    }

    private static SampleRecords Read(string text, bool whole, string delimiter, char quote, char escape) =>
        SampleRecords.Read(text, whole, delimiter, quote, escape == '\\');

    /// <summary>That quotes are ordinary characters was found, not stated: the pass over the file is to hold it.</summary>
    private static FoundDialect Watching(FoundDialect found, DialectSpec spec) =>
        found with
        {
            WatchQuotes = found.Dialect.Quote == '\0' && spec.Quote is null,
            Dialect = found.Dialect with { Bare = spec.Delimiter is null && DialectCandidate.IsBlanked(found.Dialect.Delimiter) },
        };

    private static string Text(char character) => character == '\0' ? "" : character.ToString();

    /// <summary>As it is written in a trigger.</summary>
    private static string Describe(string delimiter, char quote, char escape, bool header) =>
        $"{{ \"delimiter\": \"{DialectText.Json(delimiter)}\", \"quote\": \"{DialectText.Json(Text(quote))}\", "
        + (quote == '\0' ? "" : $"\"escape\": \"{DialectText.Json(Text(escape))}\", ") + $"\"header\": {(header ? "true" : "false")} }}";
}
