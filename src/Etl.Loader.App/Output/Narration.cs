using System.Globalization;

namespace Etl.Loader.App.Output;

/// <summary>
/// One line for each thing that a long start does, with the seconds since its beginning. For a person, a dot for each second that the thing
/// at hand takes beyond the second one.
/// </summary>
internal sealed class Narration : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Lock _line = new();
    private readonly Surroundings _surroundings;
    private readonly long _began;
    private readonly ITimer? _ticks;
    private bool _open;

    public Narration(Surroundings surroundings)
    {
        _surroundings = surroundings;
        _began = surroundings.Time.GetTimestamp();
        _ticks = surroundings.Interactive
            ? surroundings.Time.CreateTimer(_ => Dot(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)
            : null;
    }

    public void Say(string what)
    {
        lock (_line)
        {
            EndLine();
            _surroundings.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{_surroundings.Time.GetElapsedTime(_began).TotalSeconds,5:0.0} s  {what}"));
            _open = true;
            if (_ticks is null)
            {
                EndLine();
            }
            else
            {
                _ticks.Change(Patience, Tick);
            }
        }
    }

    /// <summary>Nothing is at hand any more; other text may follow.</summary>
    public void Rest()
    {
        lock (_line)
        {
            EndLine();
        }
    }

    public void Dispose()
    {
        Rest();
        _ticks?.Dispose();
    }

    private void EndLine()
    {
        _ticks?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_open)
        {
            _surroundings.Out.WriteLine();
            _open = false;
        }
    }

    private void Dot()
    {
        lock (_line)
        {
            if (_open)
            {
                _surroundings.Out.Write('.');
            }
        }
    }
}
