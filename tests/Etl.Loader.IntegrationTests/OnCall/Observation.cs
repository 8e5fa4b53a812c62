using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Etl.Loader.App.Commands;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Spectre.Console;

namespace Etl.Loader.IntegrationTests.OnCall;

/// <summary>What an operator sees of an installation at one moment, wherever they look; what differs from run to run is left out of the texts.</summary>
internal sealed partial record Observation(
    string Status, int StatusCode, string Watch, string Screen, string Doctor, int DoctorCode, string Lanes, string Watchers, string Loads, string LanesApi, string WatchersApi, string Metrics)
{
    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Every text with the name of the place where it was read.</summary>
    public IEnumerable<(string Place, string Text)> Texts =>
    [
        ("status", Status), ("status --watch", Watch), ("the screen of status --watch", Screen), ("doctor", Doctor), ("page Lanes", Lanes), ("page Watchers", Watchers),
        ("page Loads", Loads), ("/api/lanes", LanesApi), ("/api/watchers", WatchersApi),
    ];

    public static async Task<Observation> MakeAsync(OnCallSite site, HttpClient client)
    {
        var (statusCode, status) = await VerbAsync(site, "status");
        var (doctorCode, doctor) = await site.DoctorAsync();
        var pages = new List<string>();
        foreach (var path in (string[])["/hangfire/lanes", "/hangfire/watchers", "/hangfire/loads", "/api/lanes", "/api/watchers", "/metrics"])
        {
            using var answer = await client.GetAsync(new Uri(site.Dashboard, path), Token);
            var text = await answer.Content.ReadAsStringAsync(Token);
            pages.Add(path == "/metrics" ? text : Plain(site, $"{(int)answer.StatusCode} {Tag().Replace(WebUtility.HtmlDecode(text), " ")}"));
        }

        return new(
            Plain(site, status), statusCode, Plain(site, await WatchAsync(site)), Plain(site, await ScreenAsync(site)), Plain(site, doctor), doctorCode,
            pages[0], pages[1], pages[2], pages[3], pages[4], pages[5]);
    }

    /// <summary>The value of a gauge with this label.</summary>
    public double? Gauge(string name, string label) => Metrics.Split('\n')
        .Where(line => (line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal)) && (label.Length == 0 || line.Contains($"=\"{label}\"", StringComparison.Ordinal)))
        .Select(line => (double?)double.Parse(line[Math.Max(line.LastIndexOf('}') + 1, name.Length)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))
        .FirstOrDefault();

    private static async Task<(int Code, string Text)> VerbAsync(OnCallSite site, params string[] verb)
    {
        var said = new StringWriter();
        var code = await CommandLine.RunAsync([.. verb, .. Sets(site)], Surroundings(said), Token);
        return (code, said.ToString());
    }

    /// <summary>Until it has said how the lanes stand, or has ended.</summary>
    private static async Task<string> WatchAsync(OnCallSite site)
    {
        var said = new StringWriter();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        stop.CancelAfter(WatchLimit);
        var text = TextWriter.Synchronized(said);
        var watching = CommandLine.RunAsync(["status", "--watch", .. Sets(site)], Surroundings(text), stop.Token);
        while (!watching.IsCompleted && !Said().Contains("late ", StringComparison.Ordinal))
        {
            await Task.WhenAny(watching, Task.Delay(20, Token));
        }

        await stop.CancelAsync();
        await watching;
        return Said();

        // A synchronized writer locks itself.
        string Said()
        {
            lock (text)
            {
                return said.ToString();
            }
        }
    }

    private static async Task<string> ScreenAsync(OnCallSite site)
    {
        try
        {
            await using var loader = LoaderAccess.Connect(null, [.. site.Settings.Select(s => $"{s.Key}={s.Value}")]);
            var reading = StatusReading.Of(loader.Services);
            var screen = StatusScreen.Draw(await reading.ReadAsync(Token), await reading.RecentAsync(5, Token), TimeProvider.System.GetUtcNow());
            var said = new StringWriter();
            var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(said), Ansi = AnsiSupport.No });
            console.Profile.Width = 600;
            console.Write(screen);
            return said.ToString();
        }
        catch (Npgsql.NpgsqlException fault)
        {
            return fault.Message;
        }
    }

    private static string[] Sets(OnCallSite site) => [.. site.Settings.SelectMany(s => (string[])["--set", $"{s.Key}={s.Value}"])];

    private static Surroundings Surroundings(TextWriter said) => new()
    {
        Out = said,
        Error = said,
        Time = TimeProvider.System,
        Interactive = false,
        Access = LoaderAccess.Connect,
    };

    /// <summary>Without what differs from run to run, and on one line.</summary>
    private static string Plain(OnCallSite site, string text)
    {
        var plain = new StringBuilder(text.Replace("\\u0022", "\"", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal)).Replace(site.Root, "DIR").ToString();
        plain = Regex.Replace(plain, $@"\b{Regex.Escape(Environment.MachineName)}:\d+", "host:pid");
        plain = Address().Replace(plain, "127.0.0.1:port");
        plain = Place().Replace(plain, "\"…\"");
        plain = Span().Replace(plain, "N s");
        plain = Date().Replace(plain, "DATE");
        plain = Process().Replace(plain, "process N");
        return Blank().Replace(plain, " ");
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex("\"[^\" ]*/[^\" ]*\"")]
    private static partial Regex Place();

    [GeneratedRegex(@"\b\d+ (d|h|min|s)\b( \d+ (h|min|s)\b)?")]
    private static partial Regex Span();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")]
    private static partial Regex Date();

    [GeneratedRegex(@"process \d+")]
    private static partial Regex Process();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
