namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>How the header is written where it is not as wide as the rows, or more than one line.</summary>
/// <param name="Header">As it stands in the file.</param>
/// <param name="Rows">The header as wide as the rows, and the rows; lines that are none are left out.</param>
internal sealed record HeaderForm(SampleRecord Header, IReadOnlyList<SampleRecord> Rows)
{
    /// <inheritdoc cref="Dialect.Ended"/>
    public bool Ended { get; private init; }

    /// <inheritdoc cref="Dialect.Marked"/>
    public bool Marked { get; private init; }

    /// <inheritdoc cref="Dialect.Labels"/>
    public bool Labels { get; private init; }

    /// <inheritdoc cref="Dialect.Below"/>
    public int Below { get; private init; }

    /// <inheritdoc cref="Dialect.Missing"/>
    public int Missing { get; private init; }

    public static HeaderForm Plain(IReadOnlyList<SampleRecord> rows) => new(rows[0], rows);

    public static HeaderForm Of(DialectCandidate best, IReadOnlyList<SampleRecord> rows, DialectSpec spec)
    {
        if (spec.Skip is null && BehindMark(best, rows) is { } marked)
        {
            return new(best.Skipped[^1], [marked, .. rows]) { Marked = true };
        }

        var header = rows[0];
        if (best.Columns > 1 && RowLabels.Are(rows, best.Delimiter))
        {
            return new(header, [header with { Fields = [new("", false), .. header.Fields] }, .. rows.Skip(1)]) { Labels = true };
        }

        if (best.Columns > 1 && MissingEnds.Count(rows) is > 0 and var missing)
        {
            var ended = missing == 1 && header.Fields[^1].Text.Length == 0;
            return new(header, [header with { Fields = [.. header.Fields.SkipLast(missing)] }, .. rows.Skip(1)]) { Ended = ended, Missing = ended ? 0 : missing };
        }

        var below = LinesBelow.Count(rows);
        return new(header, below == 0 ? rows : [header, .. rows.Skip(1 + below)]) { Below = below };
    }

    /// <summary>The line right above the rows, where it is a '#' and the names behind it.</summary>
    private static SampleRecord? BehindMark(DialectCandidate best, IReadOnlyList<SampleRecord> rows)
    {
        if (best.Skipped is not [.., var above] || above.Line != best.SkippedLines
            || above.Fields.Count != best.Columns + 1 || above.Fields[0] is not { Quoted: false } mark || mark.Text.Trim() != "#")
        {
            return null;
        }

        var names = above with { Fields = [.. above.Fields.Skip(1)] };
        return HeaderEvidence.Decide([names, .. rows]) is true ? names : null;
    }
}
