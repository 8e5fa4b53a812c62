using Microsoft.Extensions.Options;
using static Etl.Loader.SettingLimits;

namespace Etl.Loader.Queue.Lanes;

/// <summary>Checks how lanes keep time: each value on its own, and that a holder is not declared dead between two of its heartbeats nor a shutdown cut off.</summary>
internal sealed class LaneOptionsValidator : IValidateOptions<LaneOptions>
{
    private const int LeastHeartbeats = 3;

    public ValidateOptionsResult Validate(string? name, LaneOptions options) => ConfigurationFault.Result(FindFaults(options));

    public static IEnumerable<ConfigurationFault> FindFaults(LaneOptions options) =>
    [
        .. Time(Key(nameof(options.Poll)), options.Poll, Shortest, Day),
        .. Time(Key(nameof(options.Heartbeat)), options.Heartbeat, Shortest, Day),
        .. Time(Key(nameof(options.HolderSilence)), options.HolderSilence, Shortest, Day),
        .. Time(Key(nameof(options.ProbeLimit)), options.ProbeLimit, Shortest, Day),
        .. Time(Key(nameof(options.Reconcile)), options.Reconcile, Shortest, Day),
        .. Time(Key(nameof(options.Tidy)), options.Tidy, Shortest, Day),
        .. Time(Key(nameof(options.ChunkGrace)), options.ChunkGrace, TimeSpan.Zero, Day),
        .. Time(Key(nameof(options.Shutdown)), options.Shutdown, Shortest, Day),
        .. Time(Key(nameof(options.RetryPoll)), options.RetryPoll, Shortest, Day),
        .. Time(Key(nameof(options.CancelPoll)), options.CancelPoll, Shortest, Day),
        .. Relations(options),
    ];

    private static IEnumerable<ConfigurationFault> Relations(LaneOptions options)
    {
        if (options.HolderSilence.Ticks / LeastHeartbeats < options.Heartbeat.Ticks)
        {
            yield return new(
                Key(nameof(options.HolderSilence)),
                $"is {Text(options.HolderSilence)}; expected {Amounts.Counted(LeastHeartbeats, "time")} {Key(nameof(options.Heartbeat))} ({Text(options.Heartbeat)}) or more, otherwise a live holder loses its lane");
        }

        if (options.ChunkGrace >= options.Shutdown)
        {
            yield return new(
                Key(nameof(options.ChunkGrace)),
                $"is {Text(options.ChunkGrace)}; expected less than {Key(nameof(options.Shutdown))} ({Text(options.Shutdown)}), otherwise a load is cut off instead of handed back");
        }

        if (options.Shutdown >= LaneOptions.HostLimit)
        {
            yield return new(
                Key(nameof(options.Shutdown)),
                $"is {Text(options.Shutdown)}; expected less than {Text(LaneOptions.HostLimit)}, after which the process is ended in any case");
        }
    }

    private static string Key(string option) => $"{LaneOptions.Section}:{option}";
}
