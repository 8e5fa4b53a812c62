using System.Globalization;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey.Tolerance;

internal enum Outcome
{
    /// <summary>The table that was meant, row by row and value by value.</summary>
    Right,

    /// <summary>Not loaded: what the file is is not clear, or part of it is not a row.</summary>
    Refused,

    /// <summary>Not loaded because of damaged rows; where rejects are allowed the others are loaded.</summary>
    Rejects,

    /// <summary>Loaded, and the table is not the one that was meant. Must not happen.</summary>
    Wrong,
}

/// <summary>What became of one file.</summary>
/// <param name="Detail">The refusal, or how the table differs.</param>
internal sealed record Verdict(Outcome Outcome, string Detail, DatasetException? Fault = null);

/// <summary>Loads files as an empty trigger would and compares the tables.</summary>
internal sealed class Loading : IDisposable
{
    private readonly SurveyFiles _files = new();

    public void Dispose() => _files.Dispose();

    public string PathOf(PollutedFile polluted) => _files.Write("data.csv", polluted.Bytes).Path;

    public async Task<Verdict> JudgeAsync(PollutedFile polluted, SurveyRequest? said = null)
    {
        var file = _files.Write("data.csv", polluted.Bytes);
        var request = (said ?? new SurveyRequest { Files = [] }) with { Files = [file] };
        DatasetSurvey survey;
        try
        {
            survey = await SurveyFiles.Surveyor().SurveyAsync(request, new NoProgress(), CancellationToken.None);
        }
        catch (DatasetException fault)
        {
            return new(IsDamage(fault) ? Outcome.Rejects : Outcome.Refused, $"{fault.Message} | {fault.Hint}", fault);
        }

        var (rows, rejects) = SurveyFiles.Read(survey, [file]);
        var difference = rows.Count + rejects.Count != survey.Rows
            ? $"{survey.Rows} rows surveyed, {rows.Count} read and {rejects.Count} rejected"
            : Compare(polluted, [.. survey.Columns.Select(column => column.Name)], rows, request.RejectsMax > 0);
        return difference is null ? new(Outcome.Right, string.Join("; ", survey.Notes)) : new(Outcome.Wrong, difference);
    }

    /// <summary>Of the last loading that ended well.</summary>
    public string Notes { get; private set; } = "";

    /// <summary>Of the last refusal.</summary>
    public string? Hint { get; private set; }

    /// <summary>The table as text, header first, or the refusal.</summary>
    public async Task<(string? Refusal, string Rows)> TryAsync(ToleranceCase file, SurveyRequest? said)
    {
        var source = _files.Write("data.csv", file.Bytes);
        try
        {
            var survey = await SurveyFiles.Surveyor().SurveyAsync(
                (said ?? new SurveyRequest { Files = [] }) with { Files = [source] }, new NoProgress(), CancellationToken.None);
            var names = string.Join('|', survey.Columns.Select(column => column.Name));
            var rows = SurveyFiles.Read(survey, [source]).Rows.Select(row => "\n" + string.Join('|', row.Select(value => value?.Replace('\n', '⏎') ?? "∅")));
            Notes = string.Join("; ", survey.Notes);
            return (null, names + string.Concat(rows));
        }
        catch (DatasetException fault)
        {
            Hint = fault.Hint;
            return (fault.Message, "");
        }
    }

    /// <summary>Null where the table is the one that was meant.</summary>
    public static string? Compare(PollutedFile polluted, string[] names, IReadOnlyList<string?[]> rows, bool rejects = false)
    {
        var width = (polluted.Rows ?? polluted.Others) is [{ } first, ..] ? first.Length : names.Length;
        if (names.Length != width)
        {
            return $"{names.Length} columns ({string.Join('|', names)[..Math.Min(200, string.Join('|', names).Length)]}) instead of {width}";
        }

        if (polluted.Names is { } expected && !expected.SequenceEqual(names))
        {
            return $"columns {string.Join('|', names)}";
        }

        if (rejects && (polluted.Rows ?? polluted.Others) is { } others)
        {
            var at = 0;
            foreach (var row in rows)
            {
                while (at < others.Count && !Same(others[at], row))
                {
                    at++;
                }

                if (at++ == others.Count)
                {
                    return $"row {Shown(row)} is none of the table's";
                }
            }

            return null;
        }

        if (polluted.Rows is not { } meant)
        {
            return $"{rows.Count} rows of a file that is no table: {Shown(rows.FirstOrDefault(row => polluted.Others is null || !polluted.Others.Any(other => Same(other, row))) ?? [])}";
        }

        for (var i = 0; i < Math.Max(meant.Count, rows.Count); i++)
        {
            if (i >= meant.Count || i >= rows.Count || !Same(meant[i], rows[i]))
            {
                return $"row {i + 1}: {(i < rows.Count ? Shown(rows[i]) : "missing")} instead of {(i < meant.Count ? Shown(meant[i]) : "no row")}";
            }
        }

        return null;
    }

    private static bool IsDamage(DatasetException fault) => fault.Hint?.Contains("rejects", StringComparison.Ordinal) == true;

    private static bool Same(string?[] meant, string?[] read)
    {
        for (var i = 0; i < meant.Length; i++)
        {
            if (meant[i] != read[i] && !(decimal.TryParse(meant[i], NumberStyles.Number, CultureInfo.InvariantCulture, out var a)
                && decimal.TryParse(read[i], NumberStyles.Number, CultureInfo.InvariantCulture, out var b) && a == b && !meant[i]!.Contains(',')))
            {
                return false;
            }
        }

        return true;
    }

    private static string Shown(string?[] row)
    {
        var text = string.Join('|', row.Select(value => value ?? "∅"));
        return text.Length <= 160 ? text : text[..160] + "…";
    }
}
