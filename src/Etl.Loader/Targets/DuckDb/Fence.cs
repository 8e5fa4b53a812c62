using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>
/// The first statement of every writing transaction. The file has one writing process at a time, so what is read here cannot change before
/// the commit.
/// </summary>
internal static class Fence
{
    private static readonly SqlText Sql = SqlText.Load("Targets/DuckDb/Sql/lane.sql");

    /// <exception cref="FencedException">The lane is at another epoch, or the file has no lane of this name (it was replaced).</exception>
    public static void Check(Session session, string target, long epoch)
    {
        var current = Schema.Exists(session) ? session.Scalar<long>(Sql["read_epoch"], target) : 0;
        if (current != epoch)
        {
            throw new FencedException(target, epoch, current);
        }
    }
}
