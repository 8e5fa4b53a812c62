using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>A view that stands on the table, and how it is made again with owner, grants and comments.</summary>
/// <param name="Name">Qualified and quoted.</param>
/// <param name="Columns">Those of the table that it reads, itself or through other views; looked up only where the table's columns change.</param>
internal sealed record DependentView(string Name, string Create, IReadOnlyList<string> Dress, IReadOnlyList<string> Columns);

/// <summary>
/// The views over a table, over views over it, and so on. They refer to the table by its identity, so they are dropped before the swap and made
/// again after it, in the same transaction: readers see them all the time.
/// </summary>
internal static class Views
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/swap.sql");

    /// <summary>Drops the outermost first, as readers lock them; returns what is needed to make them again. Throws <see cref="ChangeRefusedException"/> naming one of another role.</summary>
    public static async Task<IReadOnlyList<DependentView>> DropAsync(WriteTransaction session, uint table, ColumnChanges? changes, CancellationToken token)
    {
        var read = changes is { Names.Count: > 0 }
            ? (await session.PairsAsync(Sql["view_columns"], token, table)).ToLookup(p => p.First, p => p.Second, StringComparer.Ordinal)
            : null;
        var views = await session.RowsAsync(
            Sql["views"],
            row => new DependentView(row.GetString(0), row.GetString(1), row.GetFieldValue<string[]>(2), [.. read?[row.GetString(0)] ?? []]),
            token, table);
        foreach (var view in views.AsEnumerable().Reverse())
        {
            try
            {
                await session.ExecuteAsync($"DROP VIEW {view.Name}", token);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new ChangeRefusedException(
                    $"View {view.Name} depends on the table and belongs to another role; only its owner can create it again over the new table. "
                    + $"Give it to the loader's role (ALTER VIEW {view.Name} OWNER TO …), or drop it", [], exception);
            }
        }

        return views;
    }

    /// <summary>Throws <see cref="ChangeRefusedException"/> naming the view that the new columns cannot carry.</summary>
    public static async Task CreateAsync(WriteTransaction session, IReadOnlyList<DependentView> views, TableName table, CancellationToken token)
    {
        foreach (var view in views)
        {
            try
            {
                await session.ExecuteAsync(view.Create, token);
            }
            catch (PostgresException exception)
                when (exception.SqlState.StartsWith("42", StringComparison.Ordinal) && exception.SqlState != PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new ChangeRefusedException(
                    $"View {view.Name} cannot be created again over the new {table}: {exception.MessageText}", view.Columns, exception);
            }

            foreach (var revoke in await session.ListAsync(Sql["granted"], token, view.Name))
            {
                await session.ExecuteAsync(revoke, token);
            }

            foreach (var statement in view.Dress)
            {
                await session.ExecuteAsync(statement, token);
            }
        }
    }
}
