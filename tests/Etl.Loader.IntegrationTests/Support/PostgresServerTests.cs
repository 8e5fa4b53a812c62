using Npgsql;

namespace Etl.Loader.IntegrationTests.Support;

public class PostgresServerTests(PostgresServer server)
{
    [Fact]
    public async Task Each_database_is_new_and_empty()
    {
        await using var source = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        await using var command = source.CreateCommand("select count(*) from pg_class where relnamespace = 'public'::regnamespace");
        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
