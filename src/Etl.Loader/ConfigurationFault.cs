using Microsoft.Extensions.Options;

namespace Etl.Loader;

/// <summary>One thing wrong with the configuration: the key, and what is allowed there.</summary>
/// <param name="Problem">Continues after the key, without a full stop: "is 17; expected 1 to 16".</param>
internal sealed record ConfigurationFault(string Key, string Problem)
{
    public static ValidateOptionsResult Result(IEnumerable<ConfigurationFault> faults)
    {
        string[] reported = [.. faults.Select(f => f.ToString())];
        return reported.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(reported);
    }

    public override string ToString() => $"{Key} {Problem}.";
}
