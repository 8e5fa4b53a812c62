namespace Etl.Loader.App.Homes;

/// <summary>The configuration that a home brings on its own: the queue, two targets and an inbox for each.</summary>
internal static class HomeDefaults
{
    public const string Warehouse = "warehouse";
    public const string Lake = "lake";

    public static Dictionary<string, string?> Of(string queue, string warehouse, string lake, IReadOnlyDictionary<string, string> inboxes)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["ConnectionStrings:Queue"] = queue,
            [$"Loader:Targets:{Warehouse}:Kind"] = "PostgreSql",
            [$"Loader:Targets:{Warehouse}:ConnectionString"] = warehouse,
            [$"Loader:Targets:{Lake}:Kind"] = "DuckDb",
            [$"Loader:Targets:{Lake}:Path"] = lake,
        };
        foreach (var (name, path) in inboxes)
        {
            settings[$"Loader:Inboxes:{name}:Path"] = path;
            settings[$"Loader:Inboxes:{name}:Target"] = name;
        }

        return settings;
    }

    public static Dictionary<string, string?> Of(ReadyFile ready) => Of(ready.Queue, ready.Warehouse, ready.Lake, ready.Inboxes);
}
