namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>The one dialect among those thinkable that divides the file's beginning clearly better than all others.</summary>
/// <param name="text">The file's beginning.</param>
/// <param name="whole">True: the file has no more.</param>
internal sealed class DialectChoice(string file, DialectSpec spec, string text, bool whole)
{
    private const int MostOffered = 3;

    private static readonly string[] Rare = ["\t", "|", "\u0001"];

    /// <param name="margin">Scores closer to each other than this are a guess.</param>
    public DialectCandidate Choose(double margin)
    {
        var body = spec.Skip is { } lines ? text[DialectText.AfterLines(text, lines)..] : text;
        if (spec.Delimiter is { } said)
        {
            return RefuseWide(Judge(body, DialectText.Delimiter(said)));
        }

        var candidates = DialectCandidate.Usual.Concat(DialectCandidate.Strict).Where(delimiter => body.Contains(delimiter, StringComparison.Ordinal))
            .Select(delimiter => Judge(body, delimiter)).ToList();
        var fitting = candidates.Where(candidate => candidate.Columns > 1 && candidate.Score > 0).OrderByDescending(candidate => candidate.Score).ToList();
        if (fitting.Count == 0)
        {
            candidates.Where(candidate => candidate.Delimiter != " ").ToList().ForEach(candidate => RefuseWide(candidate));
            return OneColumn(body, candidates);
        }

        if (OuterLevel.ByName(file, fitting) is { } named)
        {
            return named;
        }

        // A mark that is not in the names at all, where another one divides them and all lines below alike, belongs to the cells.
        if (fitting.Exists(candidate => candidate.DividesAll))
        {
            fitting.RemoveAll(candidate => !candidate.DividesFirst && candidate.Quotes.Records.Records.FirstOrDefault(record => !record.IsBlank) is { Fields.Count: 1 });
        }

        var best = fitting[0];
        var rival = fitting.Skip(1).FirstOrDefault(candidate => best.Score - candidate.Score < margin && !IsSame(best, candidate)) ?? OuterLevel.Of(best, fitting);
        if (rival is not null)
        {
            throw new DatasetException(
                $"{file} can be read with {DialectText.Name(best.Delimiter)} ({Amounts.Counted(best.Columns, "column")}) and with {DialectText.Name(rival.Delimiter)} ({Amounts.Counted(rival.Columns, "column")}).",
                $"Write the delimiter in the trigger: \"dialect\": {{\"delimiter\": \"{DialectText.Json(best.Delimiter)}\"}} or \"dialect\": {{\"delimiter\": \"{DialectText.Json(rival.Delimiter)}\"}}.",
                file,
                1)
            {
                Choices = [.. new[] { best, rival }.Select(candidate => new DialectOffer(
                    $"{DialectText.Name(candidate.Delimiter)}, {Amounts.Counted(candidate.Columns, "column")}", new() { Delimiter = candidate.Delimiter }))],
            };
        }

        return best;
    }

    private DialectCandidate RefuseWide(DialectCandidate candidate) => candidate.Quotes.Records is { TooWide: { } line, Records.Count: 0 }
        ? throw ColumnLimits.TooMany(file, ColumnLimits.MaxColumns + 1, line)
        : candidate;

    private DialectCandidate Judge(string body, string delimiter) =>
        DialectCandidate.Judge(delimiter, QuoteEvidence.Decide(body, whole, delimiter, spec), spec);

    /// <summary>A delimiter with a blank behind it and the same without divide alike.</summary>
    private static bool IsSame(DialectCandidate best, DialectCandidate other) =>
        best.Columns == other.Columns && best.Delimiter.TrimEnd(' ') == other.Delimiter.TrimEnd(' ') && best.Delimiter != " ";

    /// <summary>A single column, unless something divides the lines after all: in most of them, or in all by a mark that is not taken unasked.</summary>
    private DialectCandidate OneColumn(string body, List<DialectCandidate> candidates)
    {
        var separators = candidates.Where(candidate => candidate.Columns > 1 && candidate.Delimiter is not (" " or ", " or "; ")).ToList();
        if (separators.Count > 0)
        {
            var odd = separators.Select(candidate => candidate.FirstOdd).FirstOrDefault(line => line is not null);
            throw new DatasetException(
                $"{file}: no delimiter divides its lines into columns ({DialectText.Names(separators)} were tried; {(odd is null ? "too few of the fields have values" : $"line {odd} is the first that has another number of fields")}).",
                "Write the delimiter in the trigger (\"dialect\": {\"delimiter\": \";\"}; for a single column one that does not occur, such as \"\\t\").",
                file,
                odd ?? 1)
            {
                Choices =
                [
                    .. separators.Take(MostOffered).Select(candidate =>
                        new DialectOffer($"divided by {DialectText.Name(candidate.Delimiter)}", new() { Delimiter = candidate.Delimiter })),
                    .. Single(body),
                ],
            };
        }

        var single = Judge(body, ",");
        var cells = single.Table.SelectMany(record => record.Fields).Where(field => field.Text.Length > 0).ToList();
        if (cells.Count > 0 && (cells.Count(field => CellEvidence.IsTyped(field.Text)) * 2 > cells.Count || AddressEvidence.FillAll([.. cells.Select(field => field.Text)])))
        {
            return single;
        }

        foreach (var mark in DialectCandidate.Proposed.Where(mark => body.Contains(mark, StringComparison.Ordinal)))
        {
            var divided = Judge(body, mark);
            if (divided is { Columns: > 1, Agree: >= 1, Skipped.Count: 0, Table.Count: > 1 })
            {
                throw new DatasetException(
                    $"{file}: each of its lines has {Amounts.Counted(divided.Columns, "part")} divided by {DialectText.Name(mark)}; it is not clear whether that is the delimiter or there is only one column.",
                    $"Write in the trigger \"dialect\": {{\"delimiter\": \"{DialectText.Json(mark)}\"}}, or \"dialect\": {{\"delimiter\": \"\\t\"}} for a single column.",
                    file,
                    1)
                {
                    Choices = [new($"{Amounts.Counted(divided.Columns, "column")}, divided by {DialectText.Name(mark)}", new() { Delimiter = mark }), .. Single(body)],
                };
            }
        }

        return single;
    }

    /// <summary>A single column is what a delimiter makes that does not occur.</summary>
    private static IEnumerable<DialectOffer> Single(string body) =>
        Rare.Where(mark => !body.Contains(mark, StringComparison.Ordinal)).Take(1).Select(mark => new DialectOffer("a single column", new() { Delimiter = mark }));
}
