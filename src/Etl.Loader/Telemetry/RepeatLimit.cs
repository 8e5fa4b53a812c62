using System.Collections.Concurrent;
using System.Globalization;

namespace Etl.Loader.Telemetry;

/// <summary>
/// The one rule for log messages that repeat while something lasts: the first of a thing at once, then at most one a minute, with the number of those left out.
/// </summary>
internal sealed class RepeatLimit(TimeProvider time)
{
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    /// <summary>Anyone who names more things than this, by mistake or by intent, gets messages again and takes no memory.</summary>
    private const int MostThings = 1000;

    private readonly ConcurrentDictionary<string, Said> _said = new(StringComparer.Ordinal);

    /// <summary>Whether to log now.</summary>
    /// <param name="thing">What the message is about: the same message of another thing is another.</param>
    /// <param name="leftOut">To append to the message: how many were left out since the last one; empty where none was.</param>
    public bool Allows(string thing, out string leftOut)
    {
        var now = time.GetTimestamp();
        if (_said.Count >= MostThings)
        {
            _said.Clear();
        }

        var said = _said.AddOrUpdate(
            thing,
            _ => new Said(now, 0, 0),
            (_, before) => time.GetElapsedTime(before.At, now) < Quiet ? before with { LeftOut = before.LeftOut + 1 } : new Said(now, 0, before.LeftOut));
        leftOut = said.Before == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({said.Before} more of these since the last)");
        return said.At == now && said.LeftOut == 0;
    }

    /// <summary>For a thing that is known by a reason: a full disk refuses another file each time, a log has another time in each line, and the reason is the same.</summary>
    public static string WithoutNumbers(string reason) => string.Concat(reason.Where(c => !char.IsAsciiDigit(c)));

    /// <param name="At">When one was logged last.</param>
    /// <param name="LeftOut">How many were left out since then.</param>
    /// <param name="Before">How many had been left out before that one.</param>
    private sealed record Said(long At, int LeftOut, int Before);
}
