namespace Etl.Loader.Targets.Staging;

/// <summary>A chunk that is in the staging table, with its rows, or nothing of it is.</summary>
internal sealed record Checkpoint(int File, long Offset, string Hash, long RowsLoaded, long RowsRejected);
