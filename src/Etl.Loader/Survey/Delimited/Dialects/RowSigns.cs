namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>What shows that the first line of a table of texts is a row as all others are: nobody names columns so.</summary>
internal static class RowSigns
{
    private const int LeastRows = 2;
    private const int LeastPrefix = 3;

    /// <summary>From here on a text with a full stop at its end is a sentence.</summary>
    private const int SentenceLength = 25;

    /// <returns>How many signs there are.</returns>
    public static int Count(SampleRecord first, IReadOnlyList<SampleRecord> body)
    {
        if (body.Count < LeastRows)
        {
            return 0;
        }

        var signs = EqualColumns(first, body);
        for (var column = 0; column < first.Fields.Count; column++)
        {
            var head = first.Fields[column].Text.Trim();
            var cells = body.Select(record => record.Fields[column].Text.Trim()).Where(text => text.Length > 0).ToList();
            if (head.Length > 0 && cells.Count >= LeastRows)
            {
                signs += IsOfKind(head, cells, AddressEvidence.IsAddress) || IsOfKind(head, cells, IsSentence) || HasPrefix(head, cells) ? 1 : 0;
            }
        }

        return signs;
    }

    private static bool IsOfKind(string head, List<string> cells, Func<string, bool> kind) => kind(head) && cells.Count(kind) * 4 >= cells.Count * 3;

    private static bool IsSentence(string text) => text.Length >= SentenceLength && text[^1] is '.' or '!' or '?' && text.AsSpan().Count(' ') >= 4;

    /// <summary>Two columns that say the same in each row, whatever it is, say so in the first line too.</summary>
    private static int EqualColumns(SampleRecord first, IReadOnlyList<SampleRecord> body)
    {
        var pairs = 0;
        for (var column = 0; column < first.Fields.Count; column++)
        {
            var text = first.Fields[column].Text;
            for (var other = column + 1; text.Length > 0 && other < first.Fields.Count; other++)
            {
                pairs += text == first.Fields[other].Text
                    && body.All(record => record.Fields[column].Text == record.Fields[other].Text)
                    && body.Select(record => record.Fields[column].Text).Distinct().Count() > 1 ? 1 : 0;
            }
        }

        return pairs;
    }

    /// <summary>Different values that begin alike (<c>gene-a</c>, <c>chr7</c>), the first line's among them.</summary>
    private static bool HasPrefix(string head, List<string> cells)
    {
        if (cells.Distinct(StringComparer.Ordinal).Count() < 3)
        {
            return false;
        }

        var prefix = cells.Aggregate((one, other) => one[..one.AsSpan().CommonPrefixLength(other)]);
        if (prefix.Length < LeastPrefix || head.Length <= prefix.Length || !head.StartsWith(prefix, StringComparison.Ordinal) || !cells.TrueForAll(text => text.Length > prefix.Length))
        {
            return false;
        }

        var rest = head[prefix.Length..];
        return rest.Length >= cells.Min(text => text.Length) - prefix.Length && rest.Length <= cells.Max(text => text.Length) - prefix.Length
            && cells.Count(text => ClassOf(text[prefix.Length]) == ClassOf(rest[0])) * 3 >= cells.Count;
    }

    private static int ClassOf(char c) => char.IsDigit(c) ? 1 : char.IsUpper(c) ? 2 : char.IsLetter(c) ? 3 : c;
}
