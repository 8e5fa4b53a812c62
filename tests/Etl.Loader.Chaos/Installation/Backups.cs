using System.Diagnostics;
using Etl.Loader.App.PrivatePostgres;
using Npgsql;

namespace Etl.Loader.Chaos.Installation;

/// <summary>Backs a database up while it is used, and puts the backup in its place as an operator would: beside it first, then under its name.</summary>
internal sealed class Backups(Stand stand)
{
    private string File(string database) => Path.Combine(stand.Directory, database + ".backup");

    public Task TakeAsync(string database, CancellationToken token) =>
        RunAsync("pg_dump", ["--format=custom", "--compress=0", $"--file={File(database)}", "--dbname", database], token);

    /// <param name="before">Called when everything is ready, immediately before the present database goes.</param>
    public async Task RestoreAsync(string database, Func<Task> before, CancellationToken token)
    {
        var space = database == Stand.Warehouse && stand.Disk is not null ? " TABLESPACE small" : "";
        await stand.ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS {database}_restored", token);
        await stand.ExecuteAsync("postgres", $"CREATE DATABASE {database}_restored{space}", token);
        try
        {
            await RunAsync("pg_restore", ["--exit-on-error", "--dbname", database + "_restored", File(database)], token);
        }
        catch (IOException)
        {
            // Half a restore would take the space of those who are tried out.
            await stand.ExecuteAsync("postgres", $"DROP DATABASE {database}_restored WITH (FORCE)", token);
            throw;
        }

        await before();
        await stand.ExecuteAsync("postgres", $"DROP DATABASE {database} WITH (FORCE)", token);
        await stand.ExecuteAsync("postgres", $"ALTER DATABASE {database}_restored RENAME TO {database}", token);
    }

    /// <summary>While the file is open for reading no one writes it.</summary>
    public Task TakeLakeAsync(CancellationToken token) => Verdict.Receipts.WithTargetAsync(
        stand,
        Stand.Lake,
        _ =>
        {
            foreach (var file in LakeFiles())
            {
                System.IO.File.Copy(file, File(Path.GetFileName(file)), overwrite: true);
            }

            return Task.FromResult(true);
        },
        token);

    /// <summary>No one may have the file open.</summary>
    public async Task RestoreLakeAsync(CancellationToken token)
    {
        await stand.LakeTurn.WaitAsync(token);
        try
        {
            foreach (var file in LakeFiles())
            {
                System.IO.File.Delete(file);
            }

            foreach (var backup in Directory.EnumerateFiles(stand.Directory, Path.GetFileName(stand.LakeFile) + "*.backup"))
            {
                System.IO.File.Move(backup, backup[..^".backup".Length]);
            }
        }
        finally
        {
            stand.LakeTurn.Release();
        }
    }

    /// <summary>The database, and its log where it has one.</summary>
    private string[] LakeFiles() => [.. new[] { stand.LakeFile, stand.LakeFile + ".wal" }.Where(System.IO.File.Exists)];

    private async Task RunAsync(string program, string[] arguments, CancellationToken token)
    {
        // Beside the server itself, which may be known by a link.
        var binaries = (await PostgresBinaries.FindAsync(token))[0];
        var postgres = Path.Combine(binaries.Directory, "postgres");
        var directory = Path.GetDirectoryName(System.IO.File.ResolveLinkTarget(postgres, returnFinalTarget: true)?.FullName ?? postgres)!;
        var server = new NpgsqlConnectionStringBuilder(stand.ConnectionString("postgres"));
        var start = new ProcessStartInfo(Path.Combine(directory, program), arguments) { RedirectStandardError = true };
        start.Environment["PGHOST"] = server.Host;
        start.Environment["PGPORT"] = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = server.Username;
        start.Environment["PGPASSWORD"] = server.Password;
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        if (process.ExitCode != 0)
        {
            throw new IOException($"{program} ended with exit code {process.ExitCode}: {said.Trim()}");
        }
    }
}
