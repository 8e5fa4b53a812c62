using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>How load and table stand when the load comes to its publish.</summary>
/// <param name="Published">The load has a receipt already.</param>
/// <param name="Newer">A later delivery that is in the table and leaves no place for this one.</param>
/// <param name="Relation">What has the table's name; null: nothing.</param>
/// <param name="Grants">What tables made in its schema are given.</param>
internal sealed record PublishStanding(bool Published, LoadId? Newer, Relation? Relation, IReadOnlyList<SchemaGrant> Grants)
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/publish.sql");

    /// <summary>Asks in one round trip, in which the server also analyses the staged rows: readers are to find statistics.</summary>
    public static Task<PublishStanding> AskAsync(WriteTransaction session, StagedTable staged, LoadReceipt mine, CancellationToken token)
    {
        var table = staged.Table;
        return session.AnswerAsync(AskAsync(), token);

        async Task<PublishStanding> AskAsync()
        {
            await using var batch = session.Batch(
                ($"ANALYZE {Identifiers.Quote(staged.Staging)}", []),
                (Sql["standing"], [mine.LoadId.Value, table.ToString(), mine.Sequence, table.Schema, table.Name, mine.Mode]),
                (Sql["schema_grants"], [table.Schema]));
            await using var reader = await batch.ExecuteReaderAsync(token);
            await reader.ReadAsync(token);
            var standing = Read(reader);
            await reader.NextResultAsync(token);
            var grants = new List<SchemaGrant>();
            while (await reader.ReadAsync(token))
            {
                grants.Add(new(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
            }

            return standing with { Grants = grants };
        }
    }

    private static PublishStanding Read(NpgsqlDataReader row) => new(
        row.GetBoolean(0),
        row.IsDBNull(1) ? null : new LoadId(row.GetGuid(1)),
        row.IsDBNull(2) ? null : new Relation(row.GetFieldValue<uint>(2), row.GetString(3)),
        []);
}

/// <summary>A default privilege of a schema.</summary>
/// <param name="Grantee">A role, quoted as SQL wants it, or <c>PUBLIC</c>.</param>
internal readonly record struct SchemaGrant(string Grantee, string Privilege, bool Grantable)
{
    /// <summary>The statement that gives it for a table.</summary>
    public string On(TableName table) => $"GRANT {Privilege} ON TABLE {Identifiers.Quote(table)} TO {Grantee}{(Grantable ? " WITH GRANT OPTION" : "")}";
}
