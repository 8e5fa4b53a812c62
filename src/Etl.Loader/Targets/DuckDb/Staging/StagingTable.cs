using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>The table that a load's rows go to before they are visible under the table's name.</summary>
internal static class StagingTable
{
    /// <summary>Makes it anew, with the columns in table order; in the caller's transaction.</summary>
    public static TableName Create(DuckDbSession session, StageRequest request)
    {
        var staging = DuckDbNames.Staging(request.Table, request.Load);
        var columns = request.Columns.Select(c => $"{DuckDbNames.Quote(c.Name)} {DuckDbTypes.Declare(c.Type)}");
        session.Execute($"CREATE SCHEMA IF NOT EXISTS {DuckDbNames.Quote(request.Table.Schema)}");
        session.Execute($"DROP TABLE IF EXISTS {DuckDbNames.Quote(staging)}");
        session.Execute($"CREATE TABLE {DuckDbNames.Quote(staging)} ({string.Join(", ", columns)})");
        return staging;
    }

    public static void Drop(DuckDbSession session, LoadId load)
    {
        foreach (var table in Catalogue.StagingOf(session, load))
        {
            session.Execute($"DROP TABLE IF EXISTS {DuckDbNames.Quote(table)}");
        }
    }

    public static long Count(DuckDbSession session, TableName staging) =>
        session.Scalar<long>($"SELECT count(*) FROM {DuckDbNames.Quote(staging)}");
}
