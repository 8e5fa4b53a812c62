using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Etl.Loader.Chaos.Installation;

/// <summary>Who is notified of outcomes: takes every notification and remembers its key.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, bool> _keys = new();
    private readonly Task _answering;

    public Receiver()
    {
        Address = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _answering = AnswerAsync();
    }

    public string Address { get; }

    public bool WasReportedLoaded(string load) => _keys.Keys.Any(key => key.StartsWith($"{load}-loaded-", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _answering;
        _listener.Close();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task AnswerAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                _keys[context.Request.Headers["webhook-id"] ?? ""] = true;
                context.Response.Close();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                // One whose sender died, or the end of all.
                if (!_listener.IsListening)
                {
                    return;
                }
            }
        }
    }
}
