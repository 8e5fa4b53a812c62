using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>A view that stands on the table, and how it is made again with owner, grants and comments.</summary>
/// <param name="Name">Qualified and quoted.</param>
internal sealed record DependentView(string Name, string Create, IReadOnlyList<string> Dress);

/// <summary>
/// The views over a table, over views over it, and so on. They refer to the table by its identity, so they are dropped before the swap and made
/// again after it, in the same transaction: readers see them all the time.
/// </summary>
internal static class DependentViews
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/swap.sql");

    /// <summary>Drops the outermost first, as readers lock them; returns what is needed to make them again.</summary>
    public static async Task<IReadOnlyList<DependentView>> DropAsync(WriteTransaction session, uint table, CancellationToken token)
    {
        var views = new List<DependentView>();
        await using (var command = session.Command(Sql["views"], table))
        await using (var reader = await command.ExecuteReaderAsync(token))
        {
            while (await reader.ReadAsync(token))
            {
                views.Add(new DependentView(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<string[]>(2)));
            }
        }

        foreach (var view in views.AsEnumerable().Reverse())
        {
            await session.ExecuteAsync($"DROP VIEW {view.Name}", token);
        }

        return views;
    }

    /// <summary>Throws <see cref="DatasetException"/> naming the view that the new columns cannot carry.</summary>
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
                throw new DatasetException(
                    $"View {view.Name} cannot be made again over the new {table}: {exception.MessageText}.",
                    "Pin the column's type in the trigger (\"schema\": { \"column\": \"type\" }), deliver the column that is missing, or change the view.",
                    inner: exception);
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
