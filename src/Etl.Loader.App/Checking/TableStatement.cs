using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using Etl.Loader.Targets.PostgreSql;

namespace Etl.Loader.App.Checking;

/// <summary>The statement that would make a table, in the target's own words.</summary>
internal static class TableStatement
{
    public static TargetKind KindOf(ILoadTarget? target) => target is DuckDbTarget ? TargetKind.DuckDb : TargetKind.PostgreSql;

    public static string Declare(TargetKind kind, ColumnType type) => kind == TargetKind.DuckDb ? DuckDbTypes.Declare(type) : PostgreSqlTypes.Declare(type);

    public static string Create(TargetKind kind, TableName table, IReadOnlyList<TargetColumn> columns)
    {
        var (name, quote) = kind == TargetKind.DuckDb
            ? (DuckDbNames.Quote(table), (Func<string, string>)DuckDbNames.Quote)
            : (Identifiers.Quote(table), Identifiers.Quote);
        return $"CREATE TABLE {name} (\n{string.Join(",\n", columns.Select(c => $"    {quote(c.Name)} {Declare(kind, c.Type)}"))}\n);";
    }
}
