
namespace Etl.Loader.Targets.DuckDb.Publishing;

/// <summary>
/// Views find their tables by name, so they survive a swap as long as they can still be bound to the new columns. The views that answered
/// before must answer after, otherwise the swap is refused naming them.
/// </summary>
internal sealed class Views
{
    private readonly Session _session;
    private readonly List<TableName> _answering;

    /// <summary>Looks before the swap, outside its transaction: a view that is broken already is none of ours.</summary>
    public Views(Session session)
    {
        _session = session;
        _answering = [.. Catalog.Views(session).Where(view => Complaint(view) is null)];
    }

    /// <summary>In the swap's transaction.</summary>
    public void Check(TableName table, string dataset, IReadOnlyList<CatalogueColumn> before, IReadOnlyList<CatalogueColumn> after, ColumnChanges? changes)
    {
        foreach (var view in _answering)
        {
            if (Complaint(view) is { } complaint)
            {
                if (changes is { Names.Count: > 0 })
                {
                    throw changes.Refuse($"{dataset}: the view {view} could not read {table} any more ({complaint})", used: []);
                }

                var changed = before.Where(b => after.All(a => a.Name != b.Name || a.Type != b.Type)).ToList();
                throw new DatasetException(
                    $"{dataset}: the view {view} could not read {table} any more ({complaint}); changed: "
                    + string.Join(", ", changed.Select(b => $"{b.Name} was {b.Type}, {Now(b, after)}")) + ". Nothing was changed.",
                    $"Change the view, or pin the type in the trigger: \"schema\": {{ \"{changed.FirstOrDefault()?.Name}\": \"{changed.FirstOrDefault()?.Type.ToLowerInvariant()}\" }}.",
                    column: changed.FirstOrDefault()?.Name);
            }
        }
    }

    private static string Now(CatalogueColumn before, IReadOnlyList<CatalogueColumn> after) =>
        after.FirstOrDefault(a => a.Name == before.Name) is { } column ? $"is {column.Type}" : "is missing";

    private string? Complaint(TableName view)
    {
        try
        {
            _session.Query($"SELECT * FROM {Identifiers.Quote(view)} LIMIT 0", _ => true);
            return null;
        }
        catch (DuckDbStatementException exception)
        {
            return ErrorCodes.FirstLines(exception.Message.Split('\n')[0]);
        }
    }
}
