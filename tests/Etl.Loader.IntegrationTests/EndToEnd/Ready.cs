using System.Text.Json;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary><c>ready.json</c> as another program reads it.</summary>
internal sealed record Ready(
    Uri Dashboard, string Queue, string Warehouse, string Lake, IReadOnlyDictionary<string, string> Inboxes, int ProcessId, int PostgresProcessId)
{
    /// <summary>Null while there is none.</summary>
    public static Ready? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var root = document.RootElement;
        return new Ready(
            new Uri(Text(root, "dashboard")),
            Text(root, "queue"),
            Text(root, "warehouse"),
            Text(root, "lake"),
            root.GetProperty("inboxes").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!),
            root.GetProperty("pid").GetInt32(),
            root.GetProperty("postgres_pid").GetInt32());
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString()!;
}
