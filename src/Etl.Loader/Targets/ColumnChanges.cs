using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Targets;

/// <summary>
/// What a replace makes of the columns that the table has now, and why: for the message when something that depends on the table cannot take it.
/// </summary>
/// <param name="firstMisfit">The first value of a column (by its position in the dataset) that a type does not take; null: there is none.</param>
internal sealed class ColumnChanges(
    ExistingTable? existing, IReadOnlyList<TargetColumn> columns, Func<int, ColumnType, TypeExclusion?> firstMisfit)
{
    /// <summary>Columns of the table that will have another type or be missing, in table order.</summary>
    public IReadOnlyList<string> Names { get; } =
        [.. (existing?.Columns ?? []).Where(e => columns.FirstOrDefault(c => c.Name == e.Name) is not { } c || c.Type != e.Type).Select(e => e.Name)];

    /// <summary>The fault of anyone who cannot take the changes, with column, line and the <c>schema</c> entry that keeps the type.</summary>
    /// <param name="what">A sentence without its full stop: what cannot be kept, and what the database says to it.</param>
    /// <param name="used">Names of the columns that it uses; the changes among them are reported, all of them where that is none.</param>
    public DatasetException Refuse(string what, IReadOnlyCollection<string> used, Exception? inner = null)
    {
        var changes = Names.Where(used.Contains).DefaultIfEmpty().OfType<string>().ToList();
        var reported = (changes.Count > 0 ? changes : Names).Select(Describe).ToList();
        var pins = string.Join(", ", reported.Select(t => t.Pin).OfType<string>());
        var missing = reported.Exists(t => t.Pin is null);
        return new DatasetException(
            $"{what}{string.Concat(reported.Select(t => "; " + t.Text))}. Nothing was changed.",
            (pins.Length > 0 ? $"Pin the type in the trigger, \"schema\": {{ {pins} }}, with \"rejects\" for rows that do not fit, or " : "")
            + $"{(missing ? "deliver the missing column, or " : "")}change what is named.",
            line: reported.Select(t => t.Line).FirstOrDefault(l => l is not null),
            column: reported.Count > 0 ? reported[0].Column : null,
            inner: inner);
    }

    private (string Column, string Text, string? Pin, long? Line) Describe(string name)
    {
        var before = existing!.Columns.First(c => c.Name == name);
        if (columns.FirstOrDefault(c => c.Name == name) is not { } now)
        {
            return (name, $"column '{name}' ({before.DeclaredType}) is not in the dataset", null, null);
        }

        var first = before.Type is { } floor ? firstMisfit(now.Ordinal, floor) : null;
        var why = first is null ? "" : $", because line {first.Line} has '{first.Value}'";
        return (
            name,
            $"column '{name}' was {before.DeclaredType} and would be {ColumnTypes.Format(now.Type)}{why}",
            $"\"{now.SourceName}\": \"{(before.Type is { } type ? ColumnTypes.Format(type) : before.DeclaredType)}\"",
            first?.Line);
    }
}
