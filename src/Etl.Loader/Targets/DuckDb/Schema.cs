
namespace Etl.Loader.Targets.DuckDb;

/// <summary>The loader's own tables inside the file.</summary>
internal static class Schema
{
    private const int Version = 3;
    private static readonly SqlText Lane = SqlText.Load("Targets/DuckDb/Sql/lane.sql");
    private static readonly SqlText Catalog = SqlText.Load("Targets/DuckDb/Sql/catalogue.sql");

    public static bool Exists(Session session) => session.Scalar<long>(Catalog["own_tables_exist"]) > 0;

    /// <summary>False in a file that only older programs have written.</summary>
    public static bool HasCheckpoints(Session session) => DuckDb.Catalog.KindOf(session, new TableName("etl_loader", "checkpoints")) is not null;

    /// <summary>Brings the tables to this version; in the caller's transaction.</summary>
    public static void Ensure(Session session, string target, TimeProvider time)
    {
        var found = Exists(session) ? session.Scalar<int>(Lane["schema_version"]) : 0;
        if (found > Version)
        {
            throw new LoaderException(
                $"Target '{target}': the loader's tables in the file are of version {found}, this program knows versions up to {Version}.",
                "Use the newer version that loaded into this file before.");
        }

        if (found < Version)
        {
            session.Execute(SqlText.Read("Targets/DuckDb/Sql/schema.sql"));
            session.Execute(Lane["record_migration"], Version, "receipts, rejects, lane, checkpoints, owned tables", time.GetUtcNow().UtcDateTime);
        }
    }
}
