using System.Text.Json.Nodes;
using Etl.Loader.App.Homes;
using Etl.Loader.App.Output;

namespace Etl.Loader.Tests.App;

public sealed class HomeTests : IDisposable
{
    private readonly HomeLayout _home = new(Path.Combine(Path.GetTempPath(), "etl-loader-home-" + Path.GetRandomFileName()));

    public HomeTests() => _home.Create();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_home.Root, recursive: true);

    [Fact]
    public void A_home_has_one_up_at_a_time()
    {
        using (HomeLock.Take(_home))
        {
            var refusal = Assert.Throws<LoaderException>(() => HomeLock.Take(_home));
            Assert.Contains($"process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
        }

        HomeLock.Take(_home).Dispose();
    }

    [Fact]
    public void The_ready_file_has_the_agreed_names_and_is_for_its_owner_only()
    {
        Ready().Write(_home);

        var json = JsonNode.Parse(File.ReadAllText(_home.Ready))!.AsObject();
        Assert.Equal(["dashboard", "queue", "warehouse", "lake", "inboxes", "pid", "postgres_pid"], json.Select(p => p.Key));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(_home.Ready).UnixFileMode);
        var read = ReadyFile.Read(_home)!;
        Assert.Equal("/in", read.Inboxes["warehouse"]);
        ReadyFile.Remove(_home);
        Assert.Null(ReadyFile.Read(_home));
    }

    [Fact]
    public void A_home_of_another_user_is_refused()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("only root can give a directory away");
        }

        Attacks.LocalUser.Own(_home.Root);
        var refusal = Assert.Throws<LoaderException>(_home.Create);
        Assert.Contains("belongs to another user (number 65534)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_a_home_take_the_place_of_links_that_lie_there()
    {
        var victim = Path.Combine(_home.Inbox("lake"), "victim");
        File.WriteAllText(victim, "kept");
        File.CreateSymbolicLink(_home.ProcessIdFile, victim);
        File.CreateSymbolicLink(_home.Ready, victim);
        using (HomeLock.Take(_home))
        {
            Ready().Write(_home);
        }

        Assert.Equal("kept", File.ReadAllText(victim));
    }

    [Fact]
    public void The_psql_line_needs_no_typed_password()
    {
        File.WriteAllText(_home.PasswordFile, "*:*:*:etl_loader:secret\n");

        var line = Welcome.Psql(_home, Ready().Warehouse);

        Assert.Equal($"PGPASSFILE={_home.PasswordFile} psql -h 127.0.0.1 -p 20001 -U etl_loader warehouse", line);
    }

    private static ReadyFile Ready() => new(
        "http://127.0.0.1:5080", "Host=127.0.0.1", "Host=127.0.0.1;Port=20001;Username=etl_loader;Password=secret;Database=warehouse", "/lake", new Dictionary<string, string> { ["warehouse"] = "/in" }, 1, 2);
}
