using System.Text.Json;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>A release made by <c>infra/publish</c>, unpacked and installed into a directory, and run from there.</summary>
public sealed class ReleaseTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("release-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_release_installs_shows_its_version_and_parts_and_runs()
    {
        await ShellAsync(Release.Directory is { } given ? $"mkdir made && cp {given}/*.tar.gz* made" : $"{Repository.Root}/infra/publish --output {_directory.FullName}/made");
        await ShellAsync("cd made && sha256sum --check --quiet *.sha256 && tar xzf *.tar.gz && mv etl-loader-*-linux-x64 ../unpacked");
        var unpacked = Path.Combine(_directory.FullName, "unpacked");
        var version = (await File.ReadAllTextAsync(Path.Combine(unpacked, "VERSION"), Token)).Trim();
        Assert.Matches(@"^\d+\.\d+\.\d+\+[0-9a-f]{40}$", version);

        // Twice: the second is the upgrade, which keeps what is configured.
        await ShellAsync("unpacked/systemd/install --root \"$PWD/system\"");
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "system/etc/etl-loader/appsettings.json"), "{ \"mine\": 1 }", Token);
        await ShellAsync("unpacked/systemd/install --root \"$PWD/system\" && grep -q mine system/etc/etl-loader/appsettings.json");
        await ShellAsync("test -e system/etc/systemd/system/etl-loader.service && test $(stat -c %a system/etc/etl-loader/secrets) = 750");

        var installed = $"system/opt/etl-loader/{version}/etl-loader";
        Assert.Equal(version, (await ShellAsync($"cd / && \"$OLDPWD/{installed}\" --version")).Trim());
        await ShellAsync($"{installed} check --json {RunningUp.Samples}/airports.csv >/dev/null");
        Assert.Equal($"opt/etl-loader/{version}", (await ShellAsync("cd system && echo opt/etl-loader/$(readlink opt/etl-loader/current)")).Trim());

        var notices = await File.ReadAllTextAsync(Path.Combine(unpacked, "THIRD-PARTY-NOTICES.txt"), Token);
        Assert.Contains("GNU LESSER GENERAL PUBLIC LICENSE", notices, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Microsoft.NETCore.App.Runtime.linux-x64", notices, StringComparison.Ordinal);
        using var bill = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(unpacked, "sbom.cdx.json"), Token));
        Assert.Contains(
            bill.RootElement.GetProperty("components").EnumerateArray(),
            part => part.GetProperty("name").GetString() == "Hangfire.Core" && part.GetProperty("licenses")[0].GetProperty("license").GetProperty("id").GetString() == "LGPL-3.0-or-later");
    }

    private async Task<string> ShellAsync(string command)
    {
        using var shell = new System.Diagnostics.Process
        {
            StartInfo = new("bash", ["-euo", "pipefail", "-c", command]) { WorkingDirectory = _directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        shell.StartInfo.Environment.Remove("ETL_LOADER_HOME");
        shell.Start();
        var output = shell.StandardOutput.ReadToEndAsync(Token);
        var error = shell.StandardError.ReadToEndAsync(Token);
        await shell.WaitForExitAsync(Token).WaitAsync(Limit);
        Assert.True(shell.ExitCode == 0, $"{command}\nended with {shell.ExitCode}\n{await output}\n{await error}");
        return await output;
    }
}
