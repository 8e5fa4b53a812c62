
namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>The table that a load's rows go to before they are visible under the table's name. All of it in the caller's transaction.</summary>
internal static class StagingTable
{
    /// <summary>Makes it again, with the columns in table order, and forgets what an earlier attempt left.</summary>
    public static TableName Create(Session session, StageRequest request)
    {
        var staging = Identifiers.Staging(request.Table, request.Load);
        var columns = request.Columns.Select(c => $"{Identifiers.Quote(c.Name)} {Types.Declare(c.Type)}");
        Forget(session, request.Load, rejects: true);
        session.Execute($"CREATE SCHEMA IF NOT EXISTS {Identifiers.Quote(request.Table.Schema)}");
        session.Execute($"CREATE TABLE {Identifiers.Quote(staging)} ({string.Join(", ", columns)}, {OwnedTables.Mark(session, request.Table, request.Load)})");
        return staging;
    }

    /// <summary>The load's table, where it is there with just these columns and so many rows; otherwise null.</summary>
    public static TableName? Find(Session session, StageRequest request, long rows)
    {
        var staging = Identifiers.Staging(request.Table, request.Load);
        var columns = Catalog.ColumnsOf(session, staging).Select(c => (c.Name, c.Type));
        return columns.SequenceEqual(request.Columns.Select(c => (c.Name, Types.Declare(c.Type)))) && Count(session, staging) == rows
            ? staging
            : null;
    }

    /// <summary>Drops what a load has staged, with its checkpoints.</summary>
    /// <param name="rejects">Also those of its chunks: not where the load is published, since they are its rejects.</param>
    public static void Forget(Session session, LoadId load, bool rejects)
    {
        foreach (var table in Catalog.StagingOf(session, load))
        {
            session.Execute($"DROP TABLE {Identifiers.Quote(table)}");
        }

        Checkpoints.Forget(session, load);
        if (rejects)
        {
            Rejects.Forget(session, load);
        }
    }

    public static long Count(Session session, TableName staging) =>
        session.Scalar<long>($"SELECT count(*) FROM {Identifiers.Quote(staging)}");
}
