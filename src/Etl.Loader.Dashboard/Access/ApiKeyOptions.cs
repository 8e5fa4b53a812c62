namespace Etl.Loader.Dashboard.Access;

/// <summary>A program's key under <c>Loader:Http:ApiKeys</c>.</summary>
internal sealed class ApiKeyOptions
{
    /// <summary>SHA-256 of the key's text, 64 hexadecimal digits. Keys are random, so that no slow hash is needed.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Default viewer.</summary>
    public Role Role { get; set; } = Role.Viewer;
}
