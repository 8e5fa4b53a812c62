using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.PostgreSql.Staging;

internal static class Rejects
{
    public static RejectWords Words { get; } = new(
        Types.Declare, type => Types.Declare(type) == "text", "contains a NUL byte, is not valid UTF-8, or is longer than a gigabyte");
}
