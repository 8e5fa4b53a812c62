using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>Whether a text is a connection string for PostgreSQL. The text itself stays out of what is reported: it holds a password.</summary>
internal static class ConnectionStringCheck
{
    public static IEnumerable<ConfigurationFault> FindFaults(string key, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [new(key, "is not set; expected a connection string such as Host=db;Database=etl_loader;Username=etl")];
        }

        try
        {
            return string.IsNullOrWhiteSpace(new NpgsqlConnectionStringBuilder(text).Host)
                ? [new(key, "names no Host; expected a connection string such as Host=db;Database=etl_loader;Username=etl")]
                : [];
        }
        catch (ArgumentException fault)
        {
            return [new(key, $"is not a valid connection string: {fault.Message.TrimEnd('.')}")];
        }
    }
}
