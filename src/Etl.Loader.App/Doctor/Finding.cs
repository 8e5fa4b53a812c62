namespace Etl.Loader.App.Doctor;

internal enum FindingLevel
{
    Ok,
    Warning,
    Fault,
}

/// <summary>The result of one check.</summary>
internal sealed record Finding(
    string Check,
    FindingLevel Level,
    string Found,
    string? ToDo = null,
    [property: System.Text.Json.Serialization.JsonIgnore] bool NotReachable = false);
