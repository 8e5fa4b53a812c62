using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Etl.Loader.App.Composition;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Queue;
using Etl.Loader.Queue.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>
/// The web side of the product as its own executable makes it, in this process, over a queue database and an inbox of its own; without lanes unless a
/// test asks for them, so that what is accepted stays as it is. A test signs in, sends keys, and asks for addresses.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    public const string OperatorKey = "key-of-an-operator-0123456789abcdef";
    public const string ViewerKey = "key-of-a-viewer-0123456789abcdef";
    public const string Password = "correct horse battery";

    /// <summary>Made once: it takes a tenth of a second.</summary>
    public static readonly string PasswordHash = Passwords.Hash(Password);

    private readonly Dictionary<string, string?> _settings;
    private readonly KeptLogs _logs = new();
    private WebApplication? _app;

    private Site(string queue, string directory)
    {
        (Queue, Inbox) = (queue, Path.Combine(directory, "inbox"));
        Directory.CreateDirectory(Inbox);
        _settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Queue"] = queue,
            ["Loader:Queue:MigrateAtStart"] = "true",
            ["Loader:Http:Port"] = "0",
            ["Loader:Targets:warehouse:ConnectionString"] = queue,
            ["Loader:Inboxes:warehouse:Path"] = Inbox,
            ["Loader:Inboxes:warehouse:Target"] = "warehouse",
        };
    }

    public string Queue { get; }

    public string Inbox { get; }

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    /// <summary>All that was logged, at whatever level.</summary>
    public string Logged => string.Join('\n', _logs.Lines);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Site> PrepareAsync(PostgresServer server) => Over(await server.CreateQueueAsync());

    public static Site Over(string queue) => new(queue, Directory.CreateTempSubdirectory("etl-loader-site-").FullName);

    /// <summary>With an operator kim and a viewer vera, and a key for each role.</summary>
    public static async Task<Site> WithPeopleAsync(PostgresServer server)
    {
        var site = (await PrepareAsync(server)).WithUsers().WithKeys();
        await site.StartAsync();
        return site;
    }

    public Site WithUsers() => Set("Users:kim:PasswordHash", PasswordHash).Set("Users:kim:Role", "operator")
        .Set("Users:vera:PasswordHash", PasswordHash).Set("Users:vera:Role", "viewer");

    public Site WithKeys() => Set("ApiKeys:ci:Hash", Sha256(OperatorKey)).Set("ApiKeys:ci:Role", "operator")
        .Set("ApiKeys:reader:Hash", Sha256(ViewerKey)).Set("ApiKeys:reader:Role", "viewer");

    /// <summary>Below <c>Loader:Http</c>, for the next start.</summary>
    public Site Set(string key, string? value)
    {
        _settings[$"Loader:Http:{key}"] = value;
        return this;
    }

    public async Task StartAsync(bool waitForDatabase = true, EtlLoaderRoles roles = EtlLoaderRoles.None)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();
        _app = WebHost.Build(configuration, roles, dashboard: true, LogLevel.Debug, logging => logging.AddProvider(_logs));
        await WebHost.StartAsync(_app, configuration, Token);
        Address = new Uri(WebHost.Url(_app, configuration));
        if (waitForDatabase)
        {
            await Services.GetRequiredService<DatabaseReadiness>().WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        }
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await WebHost.StopAsync(app);
            await app.DisposeAsync();
        }
    }

    /// <summary>Someone with a browser, who follows no redirect on their own.</summary>
    public Visitor Visitor(CookieContainer? cookies = null) => new(Address, cookies ?? new CookieContainer());

    public async Task<Visitor> SignedInAsync(string name)
    {
        var visitor = Visitor();
        using var answer = await visitor.SignInAsync(name, Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return visitor;
    }

    public Visitor WithKey(string key)
    {
        var program = Visitor();
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return program;
    }

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Queue) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Path.GetDirectoryName(Inbox)!, recursive: true);
    }

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class KeptLogs : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
