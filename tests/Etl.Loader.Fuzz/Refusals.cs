using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Etl.Loader.Fuzz.Verdict;

namespace Etl.Loader.Fuzz;

/// <summary>What refusals say, without what differs from file to file: shows which rule is too timid.</summary>
internal sealed partial class Refusals
{
    /// <summary>Files of each reason that are named.</summary>
    private const int MostFiles = 12;

    private readonly SortedDictionary<string, (string First, List<long> Files)> _reasons = new(StringComparer.Ordinal);

    public void Add(string kind, long number, Outcome outcome)
    {
        if (outcome.Ending == Ending.Refused && kind.StartsWith("delimited", StringComparison.Ordinal))
        {
            var reason = $"{kind}: {Particulars().Replace(outcome.What, "…")}";
            _reasons.TryAdd(reason, (outcome.What, []));
            _reasons[reason].Files.Add(number);
        }
    }

    public string Text()
    {
        var text = new StringBuilder();
        foreach (var (reason, (first, files)) in _reasons)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{files.Count,6}  {reason}");
            text.AppendLine(CultureInfo.InvariantCulture, $"        files {string.Join(' ', files.Take(MostFiles))}, the first: {first.ReplaceLineEndings("⏎")}");
        }

        return text.ToString();
    }

    [GeneratedRegex("""\('.*'\)|'[^']*'|\d+|^[^:]*:""", RegexOptions.Singleline)]
    private static partial Regex Particulars();
}
