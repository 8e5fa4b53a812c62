using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using Etl.Loader.Targets.PostgreSql;
using DuckDbIdentifiers = Etl.Loader.Targets.DuckDb.Identifiers;
using DuckDbTarget = Etl.Loader.Targets.DuckDb.Target;
using DuckDbTypes = Etl.Loader.Targets.DuckDb.Types;
using PostgreSqlIdentifiers = Etl.Loader.Targets.PostgreSql.Identifiers;
using PostgreSqlTypes = Etl.Loader.Targets.PostgreSql.Types;

namespace Etl.Loader.App.Checking;

/// <summary>The statement that would make a table, in the target's own words.</summary>
internal static class TableStatement
{
    public static TargetKind KindOf(ILoadTarget? target) => target is DuckDbTarget ? TargetKind.DuckDb : TargetKind.PostgreSql;

    public static string Declare(TargetKind kind, ColumnType type) => kind == TargetKind.DuckDb ? DuckDbTypes.Declare(type) : PostgreSqlTypes.Declare(type);

    public static string Create(TargetKind kind, TableName table, IReadOnlyList<TargetColumn> columns)
    {
        var (name, quote) = kind == TargetKind.DuckDb
            ? (DuckDbIdentifiers.Quote(table), (Func<string, string>)DuckDbIdentifiers.Quote)
            : (PostgreSqlIdentifiers.Quote(table), PostgreSqlIdentifiers.Quote);
        return $"CREATE TABLE {name} (\n{string.Join(",\n", columns.Select(c => $"    {quote(c.Name)} {Declare(kind, c.Type)}"))}\n);";
    }
}
