using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.PostgreSql.Staging;

internal static class Rejects
{
    public static RejectWords Words { get; } = new(
        Types.Declare, type => Types.Declare(type) == "text", "holds a NUL byte, is no UTF-8, or is longer than a gigabyte");
}
