using System.Globalization;

namespace Etl.Loader;

/// <summary>
/// How many columns a dataset may have, and how much text may name them. No target comes near these; without them a file that is not a table at
/// all would become millions of columns before anybody noticed.
/// </summary>
internal static class ColumnLimits
{
    public const int MaxColumns = 10_000;

    /// <summary>Characters of one name as delivered; the column's own name is shortened to <see cref="Naming.MaxBytes"/>.</summary>
    public const int MaxName = 4_000;

    /// <summary>Characters of all names together.</summary>
    public const int MaxNames = 1024 * 1024;

    /// <summary>Throws <see cref="DatasetException"/> for names beyond a limit.</summary>
    /// <param name="line">That the names are in; null where they are in no line of their own.</param>
    public static void Check(string file, IReadOnlyList<string> names, long? line = null)
    {
        if (names.Count > MaxColumns)
        {
            throw TooMany(file, names.Count, line);
        }

        long total = 0;
        for (var i = 0; i < names.Count; i++)
        {
            CheckName(file, i, names[i], ref total, line);
        }
    }

    /// <summary>The same for one name after the other, where they are found one by one.</summary>
    /// <param name="total">Characters of all names so far.</param>
    public static void CheckName(string file, int column, string name, ref long total, long? line)
    {
        if (name.Length > MaxName)
        {
            throw new DatasetException(
                string.Create(CultureInfo.InvariantCulture, $"{file}: the name of column {column + 1} ('{Start(name)}…') has {Amounts.Counted(name.Length, "character")}; at most {MaxName:N0} are allowed."),
                "Shorten the name. If it is not a name, the file has no header or a different delimiter: state them in the trigger (\"dialect\": {\"header\": false, \"delimiter\": \";\"}).",
                file,
                line);
        }

        total += name.Length;
        if (total > MaxNames)
        {
            throw new DatasetException(
                string.Create(CultureInfo.InvariantCulture, $"{file}: the names of its columns, up to column {column + 1}, have {Amounts.Counted(total, "character")} in total; at most {MaxNames:N0} are allowed."),
                "Shorten the names, or deliver the columns as several datasets.",
                file,
                line);
        }
    }

    /// <param name="count">How many were counted.</param>
    public static DatasetException TooMany(string file, int count, long? line) => new(
        string.Create(CultureInfo.InvariantCulture, $"{file} has {Amounts.Counted(count, "column")} or more; at most {MaxColumns:N0} are allowed."),
        "Deliver a table with fewer columns: as rows of names and values, or as several datasets. If the table is not that wide, state its delimiter in the trigger (\"dialect\": {\"delimiter\": \";\"}).",
        file,
        line);

    private static string Start(string name) => string.Concat(name.AsSpan(0, 60).ToString().Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
