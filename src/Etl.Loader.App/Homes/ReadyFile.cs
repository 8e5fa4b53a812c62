using System.Text.Json;
using System.Text.Json.Serialization;
using Etl.Loader.App.PrivatePostgres;

namespace Etl.Loader.App.Homes;

/// <summary>What a running <c>up</c> shows other programs: it is there only while everything is ready. Holds passwords, so for its owner only.</summary>
internal sealed record ReadyFile(
    [property: JsonPropertyName("dashboard")] string Dashboard,
    [property: JsonPropertyName("queue")] string Queue,
    [property: JsonPropertyName("warehouse")] string Warehouse,
    [property: JsonPropertyName("lake")] string Lake,
    [property: JsonPropertyName("inboxes")] IReadOnlyDictionary<string, string> Inboxes,
    [property: JsonPropertyName("pid")] int ProcessId,
    [property: JsonPropertyName("postgres_pid")] int? PostgresProcessId)
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true };

    /// <summary>Null when there is none. Throws <see cref="LoaderException"/> for one that is not ours to read or broken.</summary>
    public static ReadyFile? Read(HomeLayout home)
    {
        try
        {
            return File.Exists(home.Ready) ? JsonSerializer.Deserialize<ReadyFile>(File.ReadAllText(home.Ready)) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new LoaderException($"{home.Ready} cannot be read: {fault.Message}", "Run as the user who runs `up`, or start `up` again.", fault);
        }
    }

    public void Write(HomeLayout home) => PasswordFile.WritePrivate(home.Ready, JsonSerializer.Serialize(this, Options) + "\n");

    public static void Remove(HomeLayout home) => File.Delete(home.Ready);
}
