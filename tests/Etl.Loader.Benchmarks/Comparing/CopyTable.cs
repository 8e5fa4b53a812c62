using System.Text.Json;

namespace Etl.Loader.Benchmarks.Comparing;

/// <summary>The table that the peers fill: of the types of the one that we made, so that all do the same work.</summary>
internal static class CopyTable
{
    /// <summary>With its schema: there is one of the loader's name, which comes first in its user's search path.</summary>
    public const string Name = "public.copied";
    public const string Options = "(FORMAT csv, HEADER)";

    public static Task CreateLikeOursAsync(Up up, CancellationToken token) => up.PsqlAsync($"$psql -c 'CREATE TABLE {Name} (LIKE public.lineitem)'", token);

    /// <summary>Nothing of an earlier load is left to be written to the disk.</summary>
    public static Task SettleAsync(Up up, CancellationToken token) => up.PsqlAsync("$psql -c CHECKPOINT", token);

    /// <summary>Seconds that the script takes to fill the empty table.</summary>
    public static async Task<double> FillAsync(Up up, string script, CancellationToken token)
    {
        await up.PsqlAsync($"$psql -c 'TRUNCATE {Name}' -c CHECKPOINT", token);
        return await up.TimePsqlAsync(script, token);
    }

    public static string CopyFrom(string path) => $"$psql -c \"\\copy {Name} FROM '{path}' {Options}\"";

    /// <summary>The columns' types by name, as the receipt of a load shows them.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> TypesOfAsync(string path, CancellationToken token)
    {
        using var receipt = JsonDocument.Parse(await File.ReadAllTextAsync(path + ".loaded", token));
        return receipt.RootElement.GetProperty("details").GetProperty("columns").EnumerateArray()
            .ToDictionary(c => c.GetProperty("name").GetString()!, c => c.GetProperty("type").GetString()!);
    }
}
