using System.Text;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>A file with one thing wrong or unusual, and what it must become.</summary>
/// <param name="Kind">What was done to it; a line of the report.</param>
/// <param name="Name">Which one of its kind.</param>
/// <param name="Names">Column names; null: there are none to compare (no header).</param>
/// <param name="Rows">The rows it stands for; null: it stands for no table, so that every table is wrong.</param>
internal sealed record PollutedFile(string Kind, string Name, byte[] Bytes, string[]? Names, IReadOnlyList<string?[]>? Rows)
{
    public static PollutedFile Of(string kind, CleanTable table, DelimitedText text, string variant = "") =>
        new(kind, Named(table, variant), text.Bytes(), table.Columns, table.Rows);

    public static PollutedFile Of(string kind, CleanTable table, string text, string variant = "") =>
        new(kind, Named(table, variant), Encoding.UTF8.GetBytes(text), table.Columns, table.Rows);

    /// <summary>A file whose rows are not all available; with rejects allowed the others are.</summary>
    public static PollutedFile Damaged(string kind, CleanTable table, DelimitedText text, string variant = "") =>
        new(kind, Named(table, variant), text.Bytes(), table.Columns, null) { Others = table.Rows };

    /// <summary>With rejects allowed only rows of these, in this order, may be loaded.</summary>
    public IReadOnlyList<string?[]>? Others { get; init; }

    private static string Named(CleanTable table, string variant) => variant.Length == 0 ? table.Name : $"{table.Name} {variant}";
}
