using Microsoft.Extensions.Options;
using static Etl.Loader.SettingLimits;

namespace Etl.Loader.Loads;

/// <summary>Checks how loads are tried, staged and given up.</summary>
internal sealed class LoadOptionsValidator : IValidateOptions<LoadOptions>
{
    private const int MostKills = 1000;
    private const long MostChunkBytes = 1L << 40;

    public ValidateOptionsResult Validate(string? name, LoadOptions options) => ConfigurationFault.Result(FindFaults(options));

    public static IEnumerable<ConfigurationFault> FindFaults(LoadOptions options) =>
    [
        .. RetryDelays(Key(nameof(options.RetryDelays)), options.RetryDelays),
        .. Number(Key(nameof(options.KillLimit)), options.KillLimit, 0, MostKills),
        .. Time(Key(nameof(options.StallLimit)), options.StallLimit, Shortest, Week),
        .. Time(Key(nameof(options.StallGrace)), options.StallGrace, Shortest, Day),
        .. Time(Key(nameof(options.FullDiskGrace)), options.FullDiskGrace, TimeSpan.Zero, Day),
        .. Time(Key(nameof(options.OutageProbe)), options.OutageProbe, Shortest, Day),
        .. Time(Key(nameof(options.SetBackPause)), options.SetBackPause, Shortest, Day),
        .. Time(Key(nameof(options.RedeliveryPatience)), options.RedeliveryPatience, TimeSpan.Zero, Day),
        .. Time(Key(nameof(options.ProgressInterval)), options.ProgressInterval, Shortest, Day),
        .. Number(Key(nameof(options.ChunkedFrom)), options.ChunkedFrom, 0, long.MaxValue),
        .. Number(Key(nameof(options.ChunkBytes)), options.ChunkBytes, 1, MostChunkBytes),
        .. Number(Key(nameof(options.KeepSurveyFrom)), options.KeepSurveyFrom, 0, long.MaxValue),
        .. Number(Key(nameof(options.SurveyFirstFrom)), options.SurveyFirstFrom, 0, long.MaxValue),
        .. Relations(options),
    ];

    /// <summary>Of all loads or of one inbox.</summary>
    public static IEnumerable<ConfigurationFault> RetryDelays(string key, IReadOnlyList<TimeSpan>? delays) =>
        (delays ?? []).SelectMany((delay, place) => Time($"{key}:{place}", delay, Shortest, Week));

    private static IEnumerable<ConfigurationFault> Relations(LoadOptions options)
    {
        if (options.StallLimit <= options.ProgressInterval)
        {
            yield return new(
                Key(nameof(options.StallLimit)),
                $"is {Text(options.StallLimit)}; expected more than {Key(nameof(options.ProgressInterval))} ({Text(options.ProgressInterval)}), otherwise every load looks stalled");
        }
    }

    private static string Key(string option) => $"{LoadOptions.Section}:{option}";
}
