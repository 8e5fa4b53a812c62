namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>How load and table stand when the load comes to its publish.</summary>
/// <param name="Published">The load has a receipt already.</param>
/// <param name="Newer">A later delivery that is in the table and leaves no place for this one.</param>
/// <param name="Relation">What has the table's name; null: nothing.</param>
/// <param name="Owned">The table that is ours under the name; null: none is.</param>
/// <param name="Grants">What tables made in its schema are given.</param>
internal sealed record PublishStanding(bool Published, LoadId? Newer, Relation? Relation, uint? Owned, IReadOnlyList<SchemaGrant> Grants)
{
    /// <summary>What has the name is the table that loads made or adopted.</summary>
    public bool IsOurs => Relation is { } relation && relation.Oid == Owned;

    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/publish.sql");

    /// <summary>Asks all of it in one round trip.</summary>
    /// <param name="first">A statement without rows of its own, sent along.</param>
    public static Task<PublishStanding> AskAsync(
        WriteTransaction session, (string Sql, object?[] Values) first, TableName table, LoadReceipt mine, CancellationToken token)
    {
        return session.AnswerAsync(AskAsync(), token);

        async Task<PublishStanding> AskAsync()
        {
            await using var batch = session.Batch(
                first,
                (Sql["standing"], [mine.LoadId.Value, table.ToString(), mine.Sequence, mine.Mode]),
                Catalog.AskRelation(table),
                Ownership.Ask(table),
                (Sql["schema_grants"], [table.Schema]));
            await using var reader = await batch.ExecuteReaderAsync(token);
            await reader.ReadAsync(token);
            var published = reader.GetBoolean(0);
            LoadId? newer = await reader.IsDBNullAsync(1, token) ? null : new LoadId(reader.GetGuid(1));
            await reader.NextResultAsync(token);
            var relation = await Catalog.ReadRelationAsync(reader, token);
            await reader.NextResultAsync(token);
            var owned = await Ownership.ReadAsync(reader, token);
            await reader.NextResultAsync(token);
            var grants = new List<SchemaGrant>();
            while (await reader.ReadAsync(token))
            {
                grants.Add(new(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
            }

            return new(published, newer, relation, owned, grants);
        }
    }
}

/// <summary>A default privilege of a schema.</summary>
/// <param name="Grantee">A role, quoted as SQL wants it, or <c>PUBLIC</c>.</param>
internal readonly record struct SchemaGrant(string Grantee, string Privilege, bool Grantable)
{
    /// <summary>The statement that gives it for a table.</summary>
    public string On(TableName table) => $"GRANT {Privilege} ON TABLE {Identifiers.Quote(table)} TO {Grantee}{(Grantable ? " WITH GRANT OPTION" : "")}";
}
