using System.Text;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>The one way by which a name becomes SQL text.</summary>
internal static class Identifiers
{
    /// <summary>The name in double quotes. Throws <see cref="DatasetException"/> for a name that PostgreSQL would cut or refuse.</summary>
    public static string Quote(string name)
    {
        var bytes = Encoding.UTF8.GetByteCount(name);
        if (bytes is 0 or > Naming.MaxBytes || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new DatasetException(
                $"The name '{name}' has {Amounts.Counted(bytes, "byte")}; PostgreSQL takes 1 to {Naming.MaxBytes}, and no NUL.",
                "Name the table or column in the trigger, or rename it in the dataset.");
        }

        return "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    public static string Quote(TableName table) => $"{Quote(table.Schema)}.{Quote(table.Name)}";

    /// <summary>The staging table of a load: anyone who knows the load's id knows where its rows are.</summary>
    public static TableName Staging(LoadId load) => new("etl_loader_staging", load.ToString());
}
