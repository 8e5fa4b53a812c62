using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>Reads and writes <c>etl_loader.checkpoints</c>.</summary>
internal static class Checkpoints
{
    private static readonly SqlText Sql = SqlText.Load("Targets/DuckDb/Sql/receipts.sql");

    /// <summary>In the transaction of the rows.</summary>
    public static void Write(Session session, LoadId load, IReadOnlyList<Checkpoint> checkpoints) => session.Append(
        new TableName("etl_loader", "checkpoints"),
        checkpoints,
        (row, c) => row.AppendValue(load.Value)
            .AppendValue(c.File)
            .AppendValue(c.Offset)
            .AppendValue(c.Hash)
            .AppendValue(c.RowsLoaded)
            .AppendValue(c.RowsRejected));

    public static IReadOnlyList<Checkpoint> Of(Session session, LoadId load) => session.Query(
        Sql["checkpoints"],
        r => new Checkpoint(r.GetInt32(0), r.GetInt64(1), r.GetString(2), r.GetInt64(3), r.GetInt64(4)),
        load.Value);

    /// <summary>0 also where the file is of a program that left none.</summary>
    public static long Count(Session session, LoadId load) =>
        Schema.HasCheckpoints(session) ? session.Scalar<long>(Sql["count_checkpoints"], load.Value) : 0;

    public static void Forget(Session session, LoadId load) => session.Execute(Sql["forget_checkpoints"], load.Value);
}
