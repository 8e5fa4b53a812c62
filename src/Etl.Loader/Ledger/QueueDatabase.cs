using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>
/// The connections that a process has to the queue database. Where ledger and Hangfire change together they must share one pool: only connections
/// of the same pool join one transaction without a prepared transaction, which servers have switched off.
/// </summary>
internal sealed class QueueDatabase : IAsyncDisposable
{
    private readonly Lazy<NpgsqlDataSource> _source;
    private readonly Lazy<NpgsqlDataSource> _laneSource;
    private readonly IOptions<QueueOptions> _options;

    public QueueDatabase(IOptions<QueueOptions> options)
    {
        _options = options;
        _source = new Lazy<NpgsqlDataSource>(() => NpgsqlDataSource.Create(Settings().ConnectionString));
        _laneSource = new Lazy<NpgsqlDataSource>(() => NpgsqlDataSource.Create(LaneSettings().ConnectionString));
    }

    /// <summary>host:pid, by which people and standbys know this process.</summary>
    public static string Holder { get; } = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>
    /// The application name of this process's pooled sessions; standbys look for it to distinguish a dead holder from a living one. Its end differs from
    /// start to start: a container comes back with the same host name and process id.
    /// </summary>
    public static string ApplicationName { get; } = string.Create(
        CultureInfo.InvariantCulture, $"etl-loader {(Holder.Length <= 40 ? Holder : Holder[^40..])} {Random.Shared.Next():x8}");

    public NpgsqlDataSource Source => _source.Value;

    /// <summary>
    /// For lanes, which send the same few statements with every load: the server keeps these prepared. Its connections take part in no ambient
    /// transaction and must reach PostgreSQL directly, as lanes need it anyhow.
    /// </summary>
    public NpgsqlDataSource LaneSource => _laneSource.Value;

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken token) => await Source.OpenConnectionAsync(token);

    /// <summary>
    /// For session locks, and to hear of jobs: one physical connection of its own that takes part in no ambient transaction. Must reach PostgreSQL directly.
    /// </summary>
    public string LockConnectionString(string purpose)
    {
        var settings = Settings();
        settings.Pooling = false;
        settings.Enlist = false;
        settings.ApplicationName = Shorten($"etl-loader {purpose} {Holder}");
        settings.KeepAlive = 5;

        // Asked the same with every load and heartbeat.
        (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (10, 2);
        settings.CommandTimeout = 10;
        return settings.ConnectionString;
    }

    /// <summary>host:port/database, for messages; never the password.</summary>
    public override string ToString()
    {
        var settings = Settings();
        return string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}/{settings.Database}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in new[] { _source, _laneSource })
        {
            if (source.IsValueCreated)
            {
                await source.Value.DisposeAsync();
            }
        }
    }

    private static string Shorten(string name) => name.Length <= 63 ? name : name[..63];

    private NpgsqlConnectionStringBuilder LaneSettings()
    {
        var settings = Settings();
        settings.Enlist = false;
        Default(settings, "Max Auto Prepare", () => settings.MaxAutoPrepare = 100);
        Default(settings, "Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 2);

        // Lanes change a session's state within transactions only. Seven statements each time a connection is taken were half of a small load's.
        Default(settings, "No Reset On Close", () => settings.NoResetOnClose = true);
        return settings;
    }

    private NpgsqlConnectionStringBuilder Settings()
    {
        var text = _options.Value.ConnectionString;
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new LoaderException(
                $"{QueueOptions.Key} is not set: there is no queue database.",
                $"Set {QueueOptions.Key} to a PostgreSQL connection string, e.g. Host=db;Database=etl_loader;Username=etl.");
        }

        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException fault)
        {
            throw new LoaderException($"{QueueOptions.Key} is not a connection string: {fault.Message}", "Correct the part that the message names.", fault);
        }

        Default(settings, "Maximum Pool Size", () => settings.MaxPoolSize = 30);
        Default(settings, "Timeout", () => settings.Timeout = 10);
        Default(settings, "Command Timeout", () => settings.CommandTimeout = 30);
        Default(settings, "Keepalive", () => settings.KeepAlive = 30);
        Default(settings, "Tcp Keepalive", () => settings.TcpKeepAlive = true);

        // Npgsql prefers GSS and pays for it in every process without Kerberos.
        Default(settings, "GSS Encryption Mode", () => settings.GssEncryptionMode = GssEncryptionMode.Disable);
        settings.ApplicationName = ApplicationName;
        TrustedSearchPath.Set(settings);

        // Without it the job would survive the rollback of its ledger row.
        settings.Enlist = true;
        return settings;
    }

    private static void Default(NpgsqlConnectionStringBuilder settings, string key, Action set)
    {
        if (!settings.ShouldSerialize(key))
        {
            set();
        }
    }
}
