namespace Etl.Loader.App.PrivatePostgres;

/// <summary>Makes a cluster where there is none, with a password of its own; a new password for one whose password file is gone.</summary>
internal sealed class ClusterMaking(ClusterDirectory cluster, ServerUser user, PrivateServerOptions options)
{
    private const string HandedOver = "initdb-password";
    private const string ServerSettings = "postgresql.conf";

    public async Task RunAsync(PostgresBinaries binaries, CancellationToken token)
    {
        cluster.Files.Give();
        if (cluster.Files.Read(ClusterNames.Data, ClusterNames.Version) is not null)
        {
            if (PasswordFile.Read(options.PasswordFile) is null)
            {
                await RenewPasswordAsync(binaries, token);
            }

            return;
        }

        options.Report($"creating a PostgreSQL {binaries.Major} cluster in {cluster.Root}");
        cluster.Files.Delete(ClusterNames.DataInMaking);
        var password = PasswordFile.Read(options.PasswordFile) ?? PasswordFile.Create(options.PasswordFile, PrivateServer.User);
        try
        {
            cluster.Files.Write(HandedOver, password + "\n");
            await InitDbAsync(binaries, Path.Combine(cluster.Root, HandedOver), token);
        }
        finally
        {
            cluster.Files.Delete(HandedOver);
        }

        var settings = cluster.Files.Read(ClusterNames.DataInMaking, ServerSettings) ?? throw new LoaderException(
            $"initdb created no {ServerSettings} in {cluster.DataInMaking}.", "Run `up` again; if that does not help, choose another home with --home.");
        cluster.Files.Write(ClusterNames.DataInMaking, ServerSettings, $"{settings}\ninclude '{cluster.Settings}'\n");
        if (!cluster.Files.TryRename(ClusterNames.DataInMaking, ClusterNames.Data, replace: false))
        {
            throw new LoaderException($"{cluster.Data} exists and is not a PostgreSQL cluster.", "Move it away, or choose another home with --home.");
        }
    }

    private async Task InitDbAsync(PostgresBinaries binaries, string passwordFile, CancellationToken token)
    {
        string output = "";
        foreach (var locale in new[] { "C.UTF-8", "C" })
        {
            string[] arguments =
            [
                "--pgdata", cluster.DataInMaking, "--username", PrivateServer.User, "--pwfile", passwordFile,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", locale,
                .. options.ExtraSettings.GetValueOrDefault("fsync") == "off" ? ["--no-sync"] : Array.Empty<string>(),
            ];
            var outcome = await user.RunAsync(binaries.InitDb, arguments, cluster.Root, token);
            if (outcome.ExitCode == 0)
            {
                return;
            }

            output = outcome.Output;
            if (!output.Contains("invalid locale", StringComparison.Ordinal))
            {
                break;
            }
        }

        throw new LoaderException(
            $"initdb of PostgreSQL {binaries.Major} as user '{user.Name}' failed in {cluster.Root}: {ExternalProgram.LastLines(output)}",
            "Fix what it names, or choose another home with --home.");
    }

    private async Task RenewPasswordAsync(PostgresBinaries binaries, CancellationToken token)
    {
        options.Report("creating a new password, because the file with the old one is gone");
        cluster.Prepare(port: 5432, options.ExtraSettings);
        var password = PasswordFile.Create(options.PasswordFile, PrivateServer.User);
        var outcome = await user.RunAsync(
            Path.Combine(binaries.Directory, "postgres"),
            ["--single", "-D", cluster.Data, "postgres"],
            cluster.Root,
            token,
            $"ALTER ROLE {PrivateServer.User} PASSWORD '{password}'\n");
        if (outcome.ExitCode != 0)
        {
            File.Delete(options.PasswordFile);
            throw new LoaderException($"The password of the private PostgreSQL in {cluster.Root} could not be changed: {ExternalProgram.LastLines(outcome.Output)}");
        }
    }
}
