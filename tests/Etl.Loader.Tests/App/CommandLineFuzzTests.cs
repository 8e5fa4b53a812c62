using System.CommandLine;
using CsCheck;
using Etl.Loader.App;
using Etl.Loader.App.Commands;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.Tests.App;

/// <summary>
/// Whatever a person types: an exit code of the documented ones, an error of a line or two that is not a fault of the program, and no stack trace. The
/// verbs run over the product's own services, whose databases do not answer, and a ledger in memory. CsCheck prints the seed of what it finds.
/// </summary>
public sealed class CommandLineFuzzTests : IDisposable
{
    private const int Commands = 1500;

    /// <summary>Those that serve until they are stopped would bring up a server; their options are parsed as the others' are.</summary>
    private static readonly string[] Serving = ["up", "watch", "serve"];

    private static readonly Command[] Verbs = [.. CommandLine.Build(Surroundings.Real).Subcommands.Where(c => !Serving.Contains(c.Name))];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("etl-loader-fuzz-");

    public CommandLineFuzzTests()
    {
        Directory.CreateDirectory(Inbox);
        File.WriteAllText(Path.Combine(Inbox, "orders.csv"), "id,name\n1,one\n");
        File.WriteAllText(Existing, "id\n1\n");
    }

    private string Inbox => Path.Combine(_directory.FullName, "inbox");

    private string Existing => Path.Combine(_directory.FullName, "existing.csv");

    /// <summary>Without NUL, which no system passes to a program; in a file of settings it is refused like any other bad value.</summary>
    private string[] Values =>
    [
        "", " ", "x", "-", "--", "-1", "-x", "--nonsense", "--json=maybe", "0", "1", "7", "99999999999999999999", "1e9", "0x10", "١٢", "90s", "1h", "99999d", "s", "ünï", "a\nb",
        "\u001b[2J", "🦆", "\ud800", "\"", "'", "\\", "%", "*", "[", "[x]", "[suggest:3]", "[diagram]", "@file", "@", "/", ".", "..", "~", "/nonexistent/x.csv", "/dev/null/x", "/proc/self/mem",
        new('y', 5000), Existing, Inbox, Path.Combine(Inbox, "orders.csv"), Path.Combine(_directory.FullName, "new.csv"), "main", "lake", "warehouse", "mars", "public.orders", "a.b.c", ".", "1 2 3",
        "status:", "status:failed", "status:failed,,", "status:FAILED", "file:\"x", "file:*.csv", "file:a b", "since:2d", "since:100000d", "since:9999999d", "since:-1d", "cause:0f6e21a37b9c",
        "cause:x", ":", "::", "a:b:c", "tabel:x", "target:mars", "000000000001", "10000000-0000", "ffffffff-", "ffffffffffff", "10000000-0000-7000-8000-000000000001", "{}", "{", "{\"delimiter\":5}", "{\"delimiter\":\";\"}", "null",
        "Key=Value", "=", "=x", "Loader:Http:Port=abc", "Loader:Http:Port=99999", "Loader:Http:Address=nowhere", "Loader:Targets:x:Kind=Nope", "Loader:Targets:lake:Path=",
        "Loader:Scan=x", "ConnectionStrings:Queue=;;;", "ConnectionStrings:Queue=", "Logging=x",
    ];

    [Fact]
    public async Task No_input_ends_in_a_stack_trace()
    {
        string[] values = Values;
        var word = AnyOf(values);
        var verb = from command in AnyOf(Verbs)
                   let options = command.Options.Select(o => o.Name).Concat(["--home", "--set", "--help", "--version"]).ToArray()
                   from words in Gen.Frequency((3, word), (2, AnyOf(options)), (1, Gen.Select(AnyOf(options), word, (o, v) => $"{o}={v}"))).Array[0, 6]
                   select words.Prepend(command.Name).ToArray();
        await Gen.Frequency((19, verb), (1, word.Array[0, 4])).SampleAsync(
            async arguments =>
            {
                var run = New();
                var code = await run.RunAsync(arguments);
                Assert.True(
                    code is ExitCodes.Done or ExitCodes.LoadsFailed or ExitCodes.Usage or ExitCodes.NotReachable or ExitCodes.TimedOut or 130, $"exit code {code} of {string.Join(' ', arguments)}");
                Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
                Assert.DoesNotContain("unexpected", run.Errors, StringComparison.Ordinal);
                Assert.True(code != ExitCodes.Usage || run.Errors.Length > 0, $"nothing said of {string.Join(' ', arguments)}");
            },
            iter: Commands,
            threads: 1);
    }

    private static Gen<T> AnyOf<T>(T[] things) => Gen.Int[0, things.Length - 1].Select(i => things[i]);

    public void Dispose() => _directory.Delete(recursive: true);

    private VerbRun New()
    {
        var ledger = new FakeLoads();
        var run = new VerbRun { Ledger = ledger, Interrupt = TimeSpan.FromSeconds(5), Input = "some longer password\n", Access = Open };
        run.Ledger.Add("failed.csv", LoadStatus.Failed);
        run.Ledger.Add("orders.csv", LoadStatus.Queued, LoadStatus.Loading, LoadStatus.Loaded);
        run.Ledger.Add("loaded.csv", LoadStatus.Loaded);
        return run;

        LoaderAccess Open(string? home, IReadOnlyList<string> assignments)
        {
            var configuration = ConfigurationSources.Build(
                new Dictionary<string, string?>
                {
                    ["ConnectionStrings:Queue"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=1",
                    ["Loader:Targets:warehouse:Kind"] = "PostgreSql",
                    ["Loader:Targets:warehouse:ConnectionString"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=1",
                    ["Loader:Targets:lake:Kind"] = "DuckDb",
                    ["Loader:Targets:lake:Path"] = Path.Combine(_directory.FullName, "lake.duckdb"),
                    ["Loader:Inboxes:main:Path"] = Inbox,
                    ["Loader:Inboxes:main:Target"] = "lake",
                },
                assignments);
            ConfigurationCheck.ThrowIfFaulty(configuration);
            var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
            services.AddEtlLoader(configuration, EtlLoaderRoles.None);
            services.AddSingleton<ILoadQueries>(ledger).AddSingleton<ILoadActions>(ledger);
            return new LoaderAccess(configuration, services.BuildServiceProvider());
        }
    }
}
