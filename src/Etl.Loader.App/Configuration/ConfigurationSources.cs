using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>Where settings come from; a later one wins: the home's defaults, appsettings.json, environment, secret files, command line.</summary>
internal static class ConfigurationSources
{
    public const string SecretsVariable = "ETL_LOADER_SECRETS";

    public static IConfigurationRoot Build(IReadOnlyDictionary<string, string?> defaults, IEnumerable<string> assignments)
    {
        var builder = new ConfigurationBuilder()
            .AddInMemoryCollection(defaults)
            .SetBasePath(WorkingDirectory())
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables();
        if (Environment.GetEnvironmentVariable(SecretsVariable) is { Length: > 0 } secrets)
        {
            if (!Directory.Exists(secrets))
            {
                throw new LoaderException(
                    $"{SecretsVariable} names the directory {secrets}, which does not exist.", "Mount it, or unset the variable.");
            }

            builder.AddKeyPerFile(Path.GetFullPath(secrets), optional: false);
        }

        try
        {
            return builder.AddInMemoryCollection(assignments.Select(Split)).Build();
        }
        catch (InvalidDataException fault)
        {
            throw new LoaderException($"appsettings.json cannot be read: {fault.InnerException?.Message ?? fault.Message}", "Correct the file.", fault);
        }
    }

    private static string WorkingDirectory()
    {
        try
        {
            return Directory.GetCurrentDirectory();
        }
        catch (IOException fault)
        {
            throw new LoaderException("The working directory no longer exists.", "Change to an existing directory and run the command again.", fault);
        }
    }

    private static KeyValuePair<string, string?> Split(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new(assignment[..equals].Trim(), assignment[(equals + 1)..])
            : throw new LoaderException($"--set expects KEY=VALUE, not '{assignment}'.", "Write for example --set Loader:Http:Port=5081.");
    }
}
