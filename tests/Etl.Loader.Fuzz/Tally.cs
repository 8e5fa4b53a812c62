using System.Globalization;
using System.Text;
using Etl.Loader.Fuzz.Verdict;

namespace Etl.Loader.Fuzz;

/// <summary>What became of the files of each kind.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, Line> _lines = new(StringComparer.Ordinal);

    public long Wrong => _lines.Values.Sum(line => line.Wrong);

    public long Files => _lines.Values.Sum(line => line.Files);

    /// <summary>Files that were loaded, with the rows that were meant.</summary>
    public long Right => _lines.Values.Sum(line => line.Right);

    public void Add(string kind, Outcome outcome)
    {
        var line = _lines.GetValueOrDefault(kind);
        _lines[kind] = new(
            line.Files + 1,
            line.Right + (outcome.Ending == Ending.Right ? 1 : 0),
            line.Refused + (outcome.Ending == Ending.Refused ? 1 : 0),
            line.Wrong + (outcome.Ending == Ending.Wrong ? 1 : 0),
            line.Rows + outcome.Rows,
            line.Rejects + outcome.Rejects);
    }

    public string Text() => Table("{0,-40} {1,8} {2,8} {3,8} {4,10} {5,8} {6,6}\n", "");

    public string Markdown() => Table("| {0} | {1} | {2} | {3} | {4} | {5} | {6} |\n", "|---|--:|--:|--:|--:|--:|--:|\n");

    private string Table(string format, string rule)
    {
        var text = new StringBuilder();
        var parsed = CompositeFormat.Parse(format);
        text.AppendFormat(CultureInfo.InvariantCulture, parsed, "kind", "files", "right", "refused", "rows", "rejects", "wrong").Append(rule);
        foreach (var (kind, line) in _lines)
        {
            Append(kind, line);
        }

        Append("all", _lines.Values.Aggregate(default(Line), (all, line) => all.Plus(line)));
        return text.ToString();

        void Append(string kind, Line line) =>
            text.AppendFormat(CultureInfo.InvariantCulture, parsed, kind, line.Files, line.Right, line.Refused, line.Rows, line.Rejects, line.Wrong);
    }

    private readonly record struct Line(long Files, long Right, long Refused, long Wrong, long Rows, long Rejects)
    {
        public Line Plus(Line other) =>
            new(Files + other.Files, Right + other.Right, Refused + other.Refused, Wrong + other.Wrong, Rows + other.Rows, Rejects + other.Rejects);
    }
}
