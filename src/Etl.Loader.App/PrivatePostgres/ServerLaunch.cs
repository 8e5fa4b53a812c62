using System.Globalization;
using Npgsql;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>The steps from a directory to a server that answers: make the cluster if there is none, start it if it does not run, wait until it is ready.</summary>
internal sealed class ServerLaunch(ClusterDirectory cluster, ServerUser user, PrivateServerOptions options, TimeProvider time)
{
    private const long LargestLog = 10 * 1024 * 1024;
    private static readonly TimeSpan OrphansPatience = TimeSpan.FromSeconds(15);

    public async Task<(Postmaster Postmaster, string Password)> RunAsync(CancellationToken token)
    {
        while (Postmaster.Find(cluster.Data) is { Stopping: true })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, token);
        }

        if (Postmaster.Find(cluster.Data) is null)
        {
            var binaries = await ChooseBinariesAsync(token);
            await new ClusterMaking(cluster, user, options).RunAsync(binaries, token);
            await StartAsync(binaries, token);
        }

        var password = PasswordFile.Read(options.PasswordFile) ?? throw new LoaderException(
            $"The private PostgreSQL in {cluster.Root} runs, but its password file {options.PasswordFile} is gone.",
            "Stop that server (kill -INT the process id in data/postmaster.pid) and start again: a new password is created then.");
        return (await WaitUntilReadyAsync(password, token), password);
    }

    private async Task<PostgresBinaries> ChooseBinariesAsync(CancellationToken token)
    {
        var found = options.Programs is { } programs ? await PostgresBinaries.FindAsync([programs], token) : await PostgresBinaries.FindAsync(token);
        if (found.Count == 0)
        {
            throw new LoaderException($"No server programs of PostgreSQL {PostgresBinaries.OldestMajor} or later were found.", PostgresBinaries.InstallHint);
        }

        if (cluster.Files.Read(ClusterNames.Data, ClusterNames.Version) is not { } version)
        {
            return found[0];
        }

        var major = int.Parse(version, CultureInfo.InvariantCulture);
        return found.FirstOrDefault(b => b.Major == major) ?? throw new LoaderException(
            $"The data in {cluster.Data} belongs to PostgreSQL {major}; installed here is PostgreSQL {string.Join(", ", found.Select(b => b.Major))}.",
            $"Install the server programs of PostgreSQL {major}, or move the data with pg_upgrade or pg_dump.");
    }

    private async Task StartAsync(PostgresBinaries binaries, CancellationToken token)
    {
        Postmaster.RemoveStaleFile(cluster.Data);
        var port = LoopbackPort.KeptOrChosen(cluster.PortFile);
        cluster.Prepare(port, options.ExtraSettings);
        if (LogBytes() > LargestLog)
        {
            cluster.Files.TryRename(ClusterNames.Log, ClusterNames.Log + ".1", replace: true);
        }

        var began = time.GetTimestamp();
        while (true)
        {
            var logged = LogBytes();
            var outcome = await user.RunAsync(
                binaries.PgCtl, ["start", "--pgdata", cluster.Data, "--log", cluster.Log, "--silent", "--timeout", "10"], cluster.Root, token);
            if (outcome.ExitCode == 0 || Postmaster.Find(cluster.Data) is not null)
            {
                return;
            }

            var log = await ReadLogAsync(logged, token);
            if (log.Contains("pre-existing shared memory block", StringComparison.Ordinal) && time.GetElapsedTime(began) < OrphansPatience)
            {
                // Sessions of a killed server end on their own a moment later.
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, token);
                continue;
            }

            throw log.Contains("Address already in use", StringComparison.Ordinal)
                ? LoopbackPort.Taken(port, cluster.PortFile)
                : new LoaderException(
                    $"The private PostgreSQL in {cluster.Root} did not start: {ExternalProgram.LastLines(log.Length > 0 ? log : outcome.Output)}",
                    $"Its log is {cluster.Log}.");
        }
    }

    private async Task<Postmaster> WaitUntilReadyAsync(string password, CancellationToken token)
    {
        for (var reported = false; ; await Task.Delay(TimeSpan.FromMilliseconds(50), time, token))
        {
            var postmaster = Postmaster.Find(cluster.Data) ?? throw new LoaderException(
                $"The private PostgreSQL in {cluster.Root} stopped while starting: {ExternalProgram.LastLines(await ReadLogAsync(0, token))}", $"Its log is {cluster.Log}.");
            if (postmaster is { Ready: true, Port: { } port })
            {
                await using var connection = new NpgsqlConnection(PrivateServer.ConnectionStringFor(port, password, "postgres") + ";Pooling=false");
                try
                {
                    await connection.OpenAsync(token);
                    return postmaster;
                }
                catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
                {
                    throw new LoaderException(
                        $"The private PostgreSQL in {cluster.Root} does not accept the password in {options.PasswordFile}.",
                        "Stop that server, delete the password file and start again: a new password is created then.",
                        e);
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CannotConnectNow)
                {
                    // Still recovering, or on its way down: look again.
                }
            }
            else if (!reported)
            {
                options.Report("waiting for PostgreSQL, which is recovering from a crash");
                reported = true;
            }
        }
    }

    private long LogBytes()
    {
        using var log = cluster.Files.Open(ClusterNames.Log);
        return log?.Length ?? 0;
    }

    private async Task<string> ReadLogAsync(long from, CancellationToken token)
    {
        await using var log = cluster.Files.Open(ClusterNames.Log);
        if (log is null)
        {
            return "";
        }

        log.Seek(Math.Min(from, log.Length), SeekOrigin.Begin);
        using var reader = new StreamReader(log);
        return (await reader.ReadToEndAsync(token)).Trim();
    }
}
