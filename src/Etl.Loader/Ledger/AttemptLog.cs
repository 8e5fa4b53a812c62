using System.Text.Json;

namespace Etl.Loader.Ledger;

/// <summary>A line of an attempt's log.</summary>
/// <param name="Stage">The stage that was entered then; null for what was only reported.</param>
internal sealed record LogLine(DateTimeOffset At, LogWeight Level, LoadStage? Stage, string Text);

/// <summary>How a line of an attempt's log is meant.</summary>
internal enum LogWeight
{
    Info,
    Warning,
    Error,
}

/// <summary>
/// What an attempt shows on its way. Kept in memory, bounded, and written with the attempt's reports and its end: it costs no statement of its
/// own. What was reported since the last report is lost with a process that dies.
/// </summary>
internal sealed class AttemptLog
{
    public const int MaxLines = 200;
    private const int KeptFromTheBeginning = MaxLines / 2;
    private const int MaxText = 1000;

    private readonly Lock _access = new();
    private readonly List<LogLine> _lines = [];
    private int _leftOut;
    private bool _unwritten;

    public void Add(DateTimeOffset at, string text, LogWeight level = LogWeight.Info, LoadStage? stage = null)
    {
        lock (_access)
        {
            // The beginning and the end say most.
            if (_lines.Count == MaxLines - 1)
            {
                _lines.RemoveAt(KeptFromTheBeginning);
                _leftOut++;
            }

            _lines.Add(new LogLine(at, level, stage, LedgerWords.Storable(text, MaxText)));
            _unwritten = true;
        }
    }

    /// <summary>The whole log as JSON where it has lines that were added after <see cref="Written"/>; otherwise null.</summary>
    public string? Unwritten()
    {
        lock (_access)
        {
            if (!_unwritten)
            {
                return null;
            }

            IEnumerable<LogLine> lines = _leftOut == 0
                ? _lines
                : [
                    .. _lines[..KeptFromTheBeginning],
                    new LogLine(_lines[KeptFromTheBeginning].At, LogWeight.Info, null, $"… {Amounts.Counted(_leftOut, "line")} left out"),
                    .. _lines[KeptFromTheBeginning..],
                ];
            return JsonSerializer.Serialize(lines, LedgerJson.Log);
        }
    }

    /// <summary>The last text that <see cref="Unwritten"/> gave is stored. A line that came meanwhile is written with the next report.</summary>
    public void Written(string log)
    {
        lock (_access)
        {
            _unwritten = _unwritten && log != Unwritten();
        }
    }

    public static IReadOnlyList<LogLine> Read(string? log) =>
        log is null ? [] : JsonSerializer.Deserialize<LogLine[]>(log, LedgerJson.Log) ?? [];
}
