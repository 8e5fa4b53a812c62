using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.PostgreSql.Staging;

internal static class PostgreSqlRejects
{
    public static RejectWords Words { get; } = new(
        PostgreSqlTypes.Declare, type => PostgreSqlTypes.Declare(type) == "text", "holds a NUL byte, is no UTF-8, or is longer than a gigabyte");
}
