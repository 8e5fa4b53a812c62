using Microsoft.Extensions.Options;
using static Etl.Loader.SettingLimits;

namespace Etl.Loader;

/// <summary>Checks how long things are kept.</summary>
internal sealed class RetentionOptionsValidator : IValidateOptions<RetentionOptions>
{
    /// <summary>Shorter, and what a person is to look at is gone before anybody looked.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, RetentionOptions options) => ConfigurationFault.Result(FindFaults(options));

    public static IEnumerable<ConfigurationFault> FindFaults(RetentionOptions options) =>
    [
        .. Time(Key(nameof(options.Rejects)), options.Rejects, Least, Century),
        .. Time(Key(nameof(options.FailedStaging)), options.FailedStaging, TimeSpan.Zero, Century),
        .. Time(Key(nameof(options.LoadedMarkers)), options.LoadedMarkers, Least, Century),
        .. Time(Key(nameof(options.TakenTriggers)), options.TakenTriggers, Least, Century),
    ];

    private static string Key(string option) => $"{RetentionOptions.Section}:{option}";
}
