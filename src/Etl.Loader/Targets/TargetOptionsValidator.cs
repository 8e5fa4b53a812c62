using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Targets;

/// <summary>Checks the targets; gathers all faults, each with its configuration key and what is allowed. Inboxes are checked by their own station.</summary>
internal sealed partial class TargetOptionsValidator : IValidateOptions<LoaderOptions>
{
    private const int MostStreams = 16;

    public ValidateOptionsResult Validate(string? name, LoaderOptions options)
    {
        var faults = new List<string>();
        foreach (var (target, settings) in options.Targets)
        {
            faults.AddRange(Target($"{LoaderOptions.Section}:Targets:{target}", target, settings));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Target(string key, string name, TargetOptions settings)
    {
        if (!TargetName().IsMatch(name))
        {
            yield return $"{key}: a target's name begins with a letter and has up to 31 of a-z, 0-9 and _.";
        }

        if (settings.Kind == TargetKind.PostgreSql && string.IsNullOrWhiteSpace(settings.ConnectionString))
        {
            yield return $"{key}:ConnectionString is missing; a PostgreSQL target needs one, e.g. Host=db;Database=warehouse;Username=etl.";
        }

        if (settings.Kind == TargetKind.DuckDb && !Path.IsPathFullyQualified(settings.Path ?? ""))
        {
            yield return $"{key}:Path is '{settings.Path}'; a DuckDB target needs the absolute path of its file.";
        }

        if (settings.Streams is < 1 or > MostStreams)
        {
            yield return $"{key}:Streams is {settings.Streams}; allowed are 1 … {MostStreams}.";
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,30}$")]
    private static partial Regex TargetName();
}
