using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Etl.Loader.IntegrationTests.Notifications;

/// <summary>A webhook's receiver on loopback that keeps what it got, answers as configured and counts how many requests of one id it has at once.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);
    private HttpListener? _listener;
    private Task _listening = Task.CompletedTask;

    public Receiver()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/hook";

    public ConcurrentQueue<Got> Requests { get; } = new();

    /// <summary>True once two requests with one id were under way at the same time.</summary>
    public bool Doubled { get; private set; }

    public Func<Got, Task<int>> Answer { get; set; } = _ => Task.FromResult(204);

    public void Start()
    {
        _listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{Port}/" } };
        _listener.Start();
        _listening = ListenAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        _listener?.Close();
        await _listening;
    }

    private async Task ListenAsync(HttpListener listener)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.GetContextAsync()));
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var headers = context.Request.Headers;
        var got = new Got(
            context.Request.Url!.AbsolutePath, headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!, await reader.ReadToEndAsync());
        Doubled |= _open.AddOrUpdate(got.Id, 1, (_, n) => n + 1) > 1;
        Requests.Enqueue(got);
        try
        {
            var status = await Answer(got);
            _open.AddOrUpdate(got.Id, 0, (_, n) => n - 1);
            context.Response.StatusCode = status;
            if (status is >= 300 and < 400)
            {
                context.Response.RedirectLocation = Url + "/elsewhere";
            }

            context.Response.Close();
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The sender has gone.
        }
    }

    internal sealed record Got(string Path, string Id, string At, string Signature, string Body);
}
