using System.Globalization;
using System.Text;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>Counts per kind of pollution, as a table.</summary>
internal sealed class ToleranceReport
{
    private readonly Dictionary<string, int[]> _kinds = [];

    public int Total(Outcome outcome) => _kinds.Values.Sum(counts => counts[(int)outcome]);

    public void Add(string kind, Outcome outcome)
    {
        if (!_kinds.TryGetValue(kind, out var counts))
        {
            _kinds[kind] = counts = new int[4];
        }

        counts[(int)outcome]++;
    }

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine("| pollution | files | right | refused | rejects | wrong |").AppendLine("|---|--:|--:|--:|--:|--:|");
        foreach (var (kind, counts) in _kinds)
        {
            text.AppendLine(Line(kind, counts));
        }

        return text.AppendLine(Line("all", [.. Enum.GetValues<Outcome>().Select(Total)])).ToString();
    }

    private static string Line(string kind, int[] counts) =>
        string.Create(CultureInfo.InvariantCulture, $"| {kind.Replace("|", "\\|")} | {counts.Sum()} | {counts[0]} | {counts[1]} | {counts[2]} | {counts[3]} |");
}
