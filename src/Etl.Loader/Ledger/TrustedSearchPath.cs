using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>
/// Where a session of ours looks for a name that stands without its schema: among PostgreSQL's own only. Otherwise a function that someone may make in
/// <c>public</c>, under the name of one that our statements call, would run as the loader.
/// </summary>
internal static class TrustedSearchPath
{
    /// <summary>The temporary schema is named, or it would come first.</summary>
    public const string Value = "pg_catalog,pg_temp";

    /// <summary>
    /// As the session's start-up option, the last and so the one that counts: it holds from the first statement on, and a reset of the session comes back to
    /// it. A pooler that does not pass options on leaves the role's own setting in force, which <c>infra/postgres/roles.sql</c> sets alike.
    /// </summary>
    public static void Set(NpgsqlConnectionStringBuilder settings)
    {
        settings.SearchPath = null;
        settings.Options = $"{settings.Options} -c search_path={Value}".TrimStart();
    }
}
