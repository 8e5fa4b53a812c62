namespace Etl.Loader.Targets.DuckDb;

/// <summary>The right to write into the file: an epoch that rises with each process that takes it.</summary>
internal static class Lane
{
    private static readonly SqlText Sql = SqlText.Load("Targets/DuckDb/Sql/lane.sql");

    /// <summary>
    /// The first statement of every writing transaction. The file has one writing process at a time, so what is read here cannot change before
    /// the commit.
    /// </summary>
    /// <exception cref="FencedException">The lane is at another epoch, or the file has no lane of this name (it was replaced).</exception>
    public static void Check(Session session, string target, long epoch)
    {
        var current = Schema.Exists(session) ? session.Scalar<long>(Sql["read_epoch"], target) : 0;
        if (current != epoch)
        {
            throw new FencedException(target, epoch, current);
        }
    }

    /// <summary>Takes the next epoch, in the caller's transaction. Throws <see cref="LoaderException"/> where the file belongs to another target or installation.</summary>
    /// <param name="path">For people.</param>
    public static long Raise(Session session, string target, string path, LaneClaim claim, TimeProvider time)
    {
        Schema.Ensure(session, target, time);
        var lane = session.Query(Sql["read_lane"], r => (Name: r.GetString(0), Installation: r.GetGuid(1))).ToList();
        if (lane is [var (name, installation), ..])
        {
            if (name != target || installation != claim.Installation)
            {
                throw new LoaderException(
                    $"Target '{target}': {path} belongs to the target '{name}' of installation {installation}, "
                    + $"not to '{target}' of installation {claim.Installation}.",
                    "Point the target to another file, or use the queue database and the target name that this file was loaded with.");
            }

            session.Execute(Sql["raise_epoch"], claim.Above);
        }
        else
        {
            session.Execute(Sql["create_lane"], target, claim.Installation, claim.Above);
        }

        return session.Scalar<long>(Sql["read_epoch"], target);
    }
}
