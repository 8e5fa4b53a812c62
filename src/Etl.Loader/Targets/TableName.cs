namespace Etl.Loader.Targets;

/// <summary>A table by its unquoted, already normalised names.</summary>
internal sealed record TableName(string Schema, string Name)
{
    public override string ToString() => $"{Schema}.{Name}";
}
