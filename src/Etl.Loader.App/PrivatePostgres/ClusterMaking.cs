namespace Etl.Loader.App.PrivatePostgres;

/// <summary>Makes a cluster where there is none, with a password of its own; a new password for one whose password file is gone.</summary>
internal sealed class ClusterMaking(ClusterDirectory cluster, ServerUser user, PrivateServerOptions options)
{
    public async Task RunAsync(PostgresBinaries binaries, CancellationToken token)
    {
        await user.GiveAsync(cluster.Root, token);
        if (File.Exists(Path.Combine(cluster.Data, "PG_VERSION")))
        {
            if (PasswordFile.Read(options.PasswordFile) is null)
            {
                await RenewPasswordAsync(binaries, token);
            }

            return;
        }

        options.Tell($"making a PostgreSQL {binaries.Major} cluster in {cluster.Root}");
        if (Directory.Exists(cluster.DataInMaking))
        {
            Directory.Delete(cluster.DataInMaking, recursive: true);
        }

        var password = PasswordFile.Read(options.PasswordFile) ?? PasswordFile.Create(options.PasswordFile, PrivateServer.User);
        var handedOver = Path.Combine(cluster.Root, "initdb-password");
        try
        {
            PasswordFile.WritePrivate(handedOver, password + "\n");
            await user.GiveAsync(handedOver, token);
            await InitDbAsync(binaries, handedOver, token);
        }
        finally
        {
            File.Delete(handedOver);
        }

        await File.AppendAllTextAsync(Path.Combine(cluster.DataInMaking, "postgresql.conf"), $"\ninclude '{cluster.Settings}'\n", token);
        Directory.Move(cluster.DataInMaking, cluster.Data);
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
            "Mend what it names, or choose another home with --home.");
    }

    private async Task RenewPasswordAsync(PostgresBinaries binaries, CancellationToken token)
    {
        options.Tell("making a new password, since the file with the old one is gone");
        await cluster.PrepareAsync(port: 5432, user, options.ExtraSettings, token);
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
            throw new LoaderException($"The password of the private PostgreSQL in {cluster.Root} could not be renewed: {ExternalProgram.LastLines(outcome.Output)}");
        }
    }
}
