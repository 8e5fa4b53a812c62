using System.Text;
using Etl.Loader.App.Commands;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Targets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.App;

/// <summary>Runs the command line over a <see cref="FakeLoads"/> and keeps what it printed. Time passes as fast as the verb waits.</summary>
internal sealed class VerbRun
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddHours(1));
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public FakeLoads Ledger { get; init; } = new();

    /// <summary>What a person answers; null: no one is there.</summary>
    public Func<string, bool>? Confirm { get; init; }

    public bool Interactive { get; init; }

    /// <summary>How long the verb runs before Ctrl-C, by its own clock; null: to its end.</summary>
    public TimeSpan? Interrupt { get; init; }

    /// <summary>What else the verb finds beside the ledger.</summary>
    public ServiceCollection Services { get; } = [];

    /// <summary>The configuration.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>Opens the installation; null: over <see cref="Services"/> and <see cref="Settings"/>.</summary>
    public Func<string?, IReadOnlyList<string>, LoaderAccess>? Access { get; init; }

    /// <summary>How often a verb asked for the installation, and so for its databases.</summary>
    public int Accesses { get; private set; }

    /// <summary>What is piped in.</summary>
    public string Input { get; init; } = "";

    public IReadOnlyList<LateDelivery> Late { get; set; } = [];

    public string Printed => _out.ToString();

    public string Errors => _error.ToString();

    public async Task<int> RunAsync(params string[] arguments)
    {
        var surroundings = new Surroundings
        {
            In = new StringReader(Input),
            Out = new StringWriter(_out),
            Error = new StringWriter(_error),
            Time = _time,
            Interactive = Interactive,
            Confirm = Confirm,
            Actor = "kim@host",
            Access = (home, assignments) =>
            {
                Accesses++;
                return Access is not null ? Access(home, assignments) : new LoaderAccess(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build(), Services.BuildServiceProvider());
            },
        };
        Services.AddSingleton<ILoadQueries>(Ledger).AddSingleton<ILoadActions>(Ledger)
            .AddSingleton<ILateDeliveries>(new KnownLate(Late)).TryAddSingleton(new TargetCatalog(new Dictionary<string, ILoadTarget>()));
        using var interrupted = new CancellationTokenSource(Interrupt ?? Timeout.InfiniteTimeSpan, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted.Token, TestContext.Current.CancellationToken);
        var run = CommandLine.RunAsync(arguments, surroundings, either.Token);
        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        return await run;
    }

    private sealed class KnownLate(IReadOnlyList<LateDelivery> late) : ILateDeliveries
    {
        public Task<IReadOnlyList<LateDelivery>> ListAsync(CancellationToken token) => Task.FromResult(late);
    }
}
