using Etl.Loader.Ledger;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Etl.Loader.Tests.Ledger;

public class QueueDatabaseTests
{
    [Fact]
    public async Task Connections_enlist_and_keep_away_from_GSS_whatever_the_operator_left_out()
    {
        await using var database = Open("Host=db;Database=q;Enlist=false");
        var settings = new NpgsqlConnectionStringBuilder(database.Source.ConnectionString);
        Assert.True(settings.Enlist);
        Assert.Equal(GssEncryptionMode.Disable, settings.GssEncryptionMode);
        Assert.Equal(30, settings.KeepAlive);
        Assert.Equal(QueueDatabase.ApplicationName, settings.ApplicationName);
    }

    [Fact]
    public async Task What_the_operator_wrote_stays()
    {
        await using var database = Open("Host=db;Database=q;Maximum Pool Size=7;Keepalive=3;Timeout=4");
        var settings = new NpgsqlConnectionStringBuilder(database.Source.ConnectionString);
        Assert.Equal((7, 3, 4), (settings.MaxPoolSize, settings.KeepAlive, settings.Timeout));
    }

    [Fact]
    public async Task A_lock_has_a_connection_of_its_own_outside_transactions()
    {
        await using var database = Open("Host=db;Database=q;Password=secret");
        var settings = new NpgsqlConnectionStringBuilder(database.LockConnectionString("lane warehouse"));
        Assert.False(settings.Pooling);
        Assert.False(settings.Enlist);
        Assert.Equal("secret", settings.Password);
        Assert.StartsWith("etl-loader lane warehouse ", settings.ApplicationName, StringComparison.Ordinal);
        Assert.True(settings.ApplicationName!.Length <= 63);
        Assert.Equal("db:5432/q", database.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Hots=db")]
    public async Task A_missing_or_wrong_connection_string_names_its_key(string text)
    {
        await using var database = Open(text);
        Assert.Contains("ConnectionStrings:Queue", Assert.Throws<LoaderException>(() => database.Source).Message, StringComparison.Ordinal);
    }

    private static QueueDatabase Open(string text) => new(Options.Create(new QueueOptions { ConnectionString = text }));
}
