using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Etl.Loader.App.Doctor;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using PostgreSqlTarget = Etl.Loader.Targets.PostgreSql.Target;

namespace Etl.Loader.IntegrationTests.Queue;

public class PoolerTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lane_is_refused_behind_a_pooler_and_the_message_names_the_key()
    {
        var settings = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync("pooler"));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var pooling = RelayAsync(listener, settings.Host!, settings.Port);
        settings.Host = "127.0.0.1";
        settings.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        settings.SslMode = SslMode.Disable;
        await using var database = new QueueDatabase(Options.Create(new QueueOptions { ConnectionString = settings.ConnectionString }));
        var refusal = await Assert.ThrowsAsync<LoaderException>(() => LaneLock.OpenAsync(database, "warehouse", Token));
        Assert.Contains("ConnectionStrings:Queue", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:Queue", refusal.Hint, StringComparison.Ordinal);
        await pooling;
    }

    [Fact]
    public async Task Debians_pgbouncer_in_transaction_mode_is_found_and_refused_for_queue_target_and_doctor()
    {
        await using var pooler = await PgBouncer.StartAsync(await server.CreateDatabaseAsync("pooler"), "transaction", Token);
        await using var database = new QueueDatabase(Options.Create(new QueueOptions { ConnectionString = pooler.ConnectionString }));
        var queue = await Assert.ThrowsAsync<LoaderException>(() => LaneLock.OpenAsync(database, "warehouse", Token));
        Assert.Contains("ConnectionStrings:Queue", queue.Hint, StringComparison.Ordinal);

        await using var target = new PostgreSqlTarget(
            "warehouse", new TargetOptions { ConnectionString = pooler.ConnectionString }, TimeProvider.System, NullLogger.Instance);
        var refusal = await Assert.ThrowsAsync<LoaderException>(() => target.TakeLaneAsync(new LaneClaim(Guid.CreateVersion7(), "test:1"), Token));
        Assert.Contains("Loader:Targets:warehouse:ConnectionString", refusal.Hint, StringComparison.Ordinal);

        var finding = await DatabaseCheck.RunAsync("queue", pooler.ConnectionString, TimeProvider.System, Token);
        Assert.Equal(FindingLevel.Fault, finding.Level);
        Assert.Contains("pooler", finding.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pooler_in_session_mode_shows_a_process_id_of_its_own_too_and_is_refused()
    {
        await using var pooler = await PgBouncer.StartAsync(await server.CreateDatabaseAsync("pooler"), "session", Token);
        await using var database = new QueueDatabase(Options.Create(new QueueOptions { ConnectionString = pooler.ConnectionString }));
        await Assert.ThrowsAsync<LoaderException>(() => LaneLock.OpenAsync(database, "warehouse", Token));
    }

    /// <summary>Like a pooler it shows the client a process id of its own making, in the BackendKeyData message.</summary>
    private static async Task RelayAsync(TcpListener listener, string host, int port)
    {
        using var client = await listener.AcceptTcpClientAsync(Token);
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(host, port, Token);
        var up = client.GetStream().CopyToAsync(upstream.GetStream(), Token);
        var header = new byte[5];
        try
        {
            while (true)
            {
                await upstream.GetStream().ReadExactlyAsync(header, Token);
                var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
                await upstream.GetStream().ReadExactlyAsync(body, Token);
                if (header[0] == (byte)'K')
                {
                    BinaryPrimitives.WriteInt32BigEndian(body, 12345678);
                }

                await client.GetStream().WriteAsync(header, Token);
                await client.GetStream().WriteAsync(body, Token);
            }
        }
        catch (IOException)
        {
            // Either side has gone: the relay ends with it.
        }

        await up.ContinueWith(_ => { }, Token, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
