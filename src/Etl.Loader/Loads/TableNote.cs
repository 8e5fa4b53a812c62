using Etl.Loader.Ledger;

namespace Etl.Loader.Loads;

/// <summary>What a receipt says of a table that is not named as its file is.</summary>
internal static class TableNote
{
    public static IEnumerable<string> Of(LoadSpec spec)
    {
        var fileName = spec.Dataset[(spec.Dataset.LastIndexOf('/') + 1)..];
        return !spec.TableNamed && Naming.TableFromFile(fileName) != spec.TableName && Naming.TableThatFits(fileName) == spec.TableName
            ? [$"the file's name is too long for a table: shortened to {spec.TableName}"]
            : [];
    }
}
