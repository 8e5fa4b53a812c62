using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.Tests.App;

public class OpenFilesTests
{
    [Fact]
    public void The_soft_limit_is_read() => Assert.Equal(
        1024,
        OpenFiles.Read(["Limit                     Soft Limit           Hard Limit           Units", "Max open files            1024                 524288               files"]));

    [Fact]
    public void A_limit_that_is_none_is_none() => Assert.Null(OpenFiles.Read(["Max open files            unlimited            unlimited            files"]));

    [Theory]
    [InlineData(259L)]
    [InlineData(511L)]
    public void A_limit_too_low_to_start_is_reported_with_what_is_needed(long limit)
    {
        var fault = Assert.Throws<LoaderException>(() => OpenFiles.Require(limit));
        Assert.Contains($"{limit} files", fault.Message, StringComparison.Ordinal);
        Assert.Contains("needs 512", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", fault.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 512L, 64)]
    [InlineData(null, 1024L, 576)]
    [InlineData(null, 524288L, 1000)]
    [InlineData(null, null, 1000)]
    [InlineData(200, 524288L, 200)]
    [InlineData(5000, 524288L, 5000)]
    [InlineData(5000, 1024L, 576)]
    public void Connections_get_what_the_process_itself_does_not_need(int? configured, long? limit, int connections) =>
        Assert.Equal(connections, OpenFiles.Connections(configured, limit));

    [Theory]
    [InlineData("63", 1024L)]
    [InlineData("577", 1024L)]
    [InlineData("many", 1024L)]
    [InlineData("-1", null)]
    public void More_connections_than_there_is_room_for_are_refused(string text, long? limit)
    {
        var fault = Assert.Single(ConnectionsCheck.FindFaults(Http(text), limit));
        Assert.Equal(OpenFiles.ConnectionsKey, fault.Key);
        Assert.Contains(text, fault.Problem, StringComparison.Ordinal);
        Assert.Contains("64", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_as_there_is_room_for_are_taken() => Assert.Empty(ConnectionsCheck.FindFaults(Http("576"), 1024));

    private static IConfigurationSection Http(string connections) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { [OpenFiles.ConnectionsKey] = connections }).Build().GetSection("Loader:Http");
}
