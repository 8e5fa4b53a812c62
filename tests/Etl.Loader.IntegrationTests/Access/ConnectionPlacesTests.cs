using System.Net;
using System.Net.Sockets;
using Etl.Loader.App.Composition;
using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Support;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>Connections that someone opens and leaves idle keep others waiting, and take nothing else from the process.</summary>
public class ConnectionPlacesTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beyond_the_limit_connections_wait_until_one_is_closed_and_take_no_file()
    {
        await using var site = (await Site.PrepareAsync(server)).WithKeys().Set("MaxConnections", $"{OpenFiles.LeastConnections}");
        await site.StartAsync();
        var idle = new List<Socket>();
        try
        {
            for (var i = 0; i < 3 * OpenFiles.LeastConnections; i++)
            {
                idle.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await idle[^1].ConnectAsync(IPAddress.Loopback, site.Address.Port, Token);
            }

            await Deadline.UntilAsync(() => site.Logged.Contains("Warning 1808", StringComparison.Ordinal), () => site.Logged, token: Token);
            using var visitor = site.Visitor();
            var asking = visitor.StatusAsync("/health/live");
            Assert.True(Accepted(site.Address.Port) <= OpenFiles.LeastConnections + 1);
            Assert.False(asking.IsCompleted);
            idle.ForEach(socket => socket.Dispose());
            Assert.Equal(HttpStatusCode.OK, await asking.WaitAsync(TimeSpan.FromSeconds(60), Token));
            Assert.Single(site.Logged.Split('\n'), line => line.StartsWith("Warning 1808", StringComparison.Ordinal));
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }

        await site.StopAsync();
    }

    /// <summary>Files of this process that are connections at the server's end: those that were accepted have an inode, those that wait have none.</summary>
    private static int Accepted(int port) => File.ReadLines("/proc/net/tcp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Count(columns => columns[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && columns[3] == "01" && columns[9] != "0");
}
