using Etl.Loader.App.Homes;
using Npgsql;

namespace Etl.Loader.App.Output;

/// <summary>What a person needs once everything runs: where to look, where to drop, what to copy, how to stop.</summary>
internal static class Welcome
{
    public static void Write(Surroundings surroundings, HomeLayout home, ReadyFile ready)
    {
        var writer = surroundings.Out;
        writer.WriteLine();
        writer.WriteLine($"dashboard   {ready.Dashboard}");
        foreach (var (name, path) in ready.Inboxes)
        {
            writer.WriteLine($"inbox       {path}   → {Target(name, ready)}");
        }

        if (ready.Inboxes.TryGetValue(HomeDefaults.Warehouse, out var inbox))
        {
            writer.WriteLine();
            writer.WriteLine("load a file of your own:");
            writer.WriteLine($"  cp orders.csv {Quoted(inbox)}/");
            writer.WriteLine($"  touch {Quoted(Path.Combine(inbox, "orders.csv.trigger"))}");
        }

        writer.WriteLine();
        writer.WriteLine("look at the tables:");
        writer.WriteLine($"  {Psql(home, ready.Warehouse)} -c '\\d'");
        writer.WriteLine();
        writer.WriteLine("stop with Ctrl-C; the next start resumes.");
    }

    internal static string Psql(HomeLayout home, string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var password = File.Exists(home.PasswordFile) ? $"PGPASSFILE={Quoted(home.PasswordFile)} " : "";
        return $"{password}psql -h {connection.Host} -p {connection.Port} -U {connection.Username} {connection.Database}";
    }

    private static string Target(string inbox, ReadyFile ready) => inbox switch
    {
        HomeDefaults.Warehouse => $"PostgreSQL database {new NpgsqlConnectionStringBuilder(ready.Warehouse).Database}",
        HomeDefaults.Lake => $"DuckDB file {ready.Lake}",
        _ => "its target",
    };

    private static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
