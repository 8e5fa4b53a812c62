using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>Puts the staging table in the place of the table, so that readers of any isolation level see the old rows or the new ones.</summary>
internal static class TableSwap
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/publish.sql");

    public static async Task CreateAsync(WriteTransaction session, StagedTable staged, CancellationToken token)
    {
        foreach (var grant in await SchemaGrantsAsync(session, staged, token))
        {
            await session.ExecuteAsync(grant, token);
        }

        await MoveAsync(session, staged, token);
    }

    public static async Task ReplaceAsync(WriteTransaction session, StagedTable staged, uint table, CancellationToken token)
    {
        var things = await HangsOnAsync(session, table, token);
        if (things.Count > 0)
        {
            throw new DatasetException(
                $"Replacing {staged.Table} would lose what hangs on it: {string.Join(", ", things)}.",
                "Drop these first and make them again afterwards, or load with \"mode\": \"append\".");
        }

        await session.ExecuteAsync($"DROP TABLE {Identifiers.Quote(staged.Table)}", token);
        await CreateAsync(session, staged, token);
    }

    private static async Task MoveAsync(WriteTransaction session, StagedTable staged, CancellationToken token)
    {
        await session.ExecuteAsync($"ALTER TABLE {Identifiers.Quote(staged.Staging)} SET SCHEMA {Identifiers.Quote(staged.Table.Schema)}", token);
        await session.ExecuteAsync(
            $"ALTER TABLE {Identifiers.Quote(staged.Table with { Name = staged.Staging.Name })} RENAME TO {Identifiers.Quote(staged.Table.Name)}", token);
    }

    private static async Task<List<string>> HangsOnAsync(WriteTransaction session, uint table, CancellationToken token)
    {
        await using var command = session.Command(Sql["hangs_on"]);
        command.Parameters.Add(new NpgsqlParameter { Value = table, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid });
        await using var reader = await command.ExecuteReaderAsync(token);
        var things = new List<string>();
        while (await reader.ReadAsync(token))
        {
            things.Add(reader.GetString(0));
        }

        return things;
    }

    private static async Task<List<string>> SchemaGrantsAsync(WriteTransaction session, StagedTable staged, CancellationToken token)
    {
        await using var command = session.Command(Sql["schema_grants"], staged.Table.Schema);
        await using var reader = await command.ExecuteReaderAsync(token);
        var grants = new List<string>();
        while (await reader.ReadAsync(token))
        {
            grants.Add($"GRANT {reader.GetString(1)} ON TABLE {Identifiers.Quote(staged.Staging)} TO {reader.GetString(0)}{(reader.GetBoolean(2) ? " WITH GRANT OPTION" : "")}");
        }

        return grants;
    }
}
