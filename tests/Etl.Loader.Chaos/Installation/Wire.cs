using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Etl.Loader.Chaos.Installation;

/// <summary>The line between loaders and the warehouse: a TCP relay in this process that can stall, drop and half-open what it carries.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Line, bool> _lines = new();
    private readonly Func<int> _server;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _open = new();
    private volatile bool _refuses;
    private volatile byte[]? _held;

    public Wire(Func<int> server)
    {
        _server = server;
        _open.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Carries nothing, in either direction, until <see cref="GoOn"/>.</summary>
    public void Stall() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Resets every connection and those that come, until <see cref="GoOn"/>.</summary>
    public void Drop()
    {
        _refuses = true;
        foreach (var line in _lines.Keys)
        {
            line.Reset();
        }
    }

    /// <summary>The server's side of each present connection ends; the client's side hears nothing of it until <see cref="GoOn"/>. New connections work.</summary>
    public void HalfOpen()
    {
        foreach (var line in _lines.Keys)
        {
            line.LoseServer();
        }
    }

    /// <summary>The present connections carry nothing any more, and neither side hears of it, as where a router forgot them. New connections work.</summary>
    public void Forget()
    {
        foreach (var line in _lines.Keys)
        {
            line.Forget();
        }
    }

    /// <summary>The server hears what holds this text, and nothing that it says on that line after it comes back, until <see cref="GoOn"/>.</summary>
    public void HoldAnswerTo(string text) => _held = Encoding.UTF8.GetBytes(text);

    public void GoOn()
    {
        _refuses = false;
        _open.TrySetResult();
        _held = null;
        foreach (var line in _lines.Keys)
        {
            line.Answer();
        }

        foreach (var line in _lines.Keys.Where(l => l.ServerLost))
        {
            line.Reset();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        GoOn();
        foreach (var line in _lines.Keys)
        {
            line.Reset();
        }

        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = CarryAsync(new Line(client));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(Line line)
    {
        _lines[line] = true;
        try
        {
            if (_refuses)
            {
                return;
            }

            await line.ConnectAsync(_server(), _stop.Token);
            await Task.WhenAny(line.PumpAsync(fromClient: true, () => _open.Task, () => _held), line.PumpAsync(fromClient: false, () => _open.Task, () => _held));
            await line.HeardAsync;
        }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The line ends as one of its sides did.
        }
        finally
        {
            line.Reset();
            _lines.TryRemove(line, out _);
        }
    }

    private sealed class Line(TcpClient client)
    {
        private readonly TcpClient _server = new();
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile Task _known = Task.CompletedTask;
        private volatile TaskCompletionSource? _unanswered;

        public bool ServerLost { get; private set; }

        /// <summary>Completes at once, but for a half-open line only when the client may hear of it.</summary>
        public Task HeardAsync => ServerLost ? _heard.Task : Task.CompletedTask;

        public async Task ConnectAsync(int port, CancellationToken token)
        {
            client.NoDelay = _server.NoDelay = true;
            await _server.ConnectAsync(IPAddress.Loopback, port, token);
        }

        /// <param name="held">What the client may hear no answer to.</param>
        public async Task PumpAsync(bool fromClient, Func<Task> open, Func<byte[]?> held)
        {
            var (from, to) = fromClient ? (client, _server) : (_server, client);
            var buffer = new byte[64 * 1024];
            try
            {
                int count;
                while ((count = await from.GetStream().ReadAsync(buffer)) > 0)
                {
                    await open();
                    await _known;
                    if (fromClient && held() is { } text && buffer.AsSpan(0, count).IndexOf(text) >= 0)
                    {
                        _unanswered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    }

                    if (!fromClient && _unanswered is { } wait)
                    {
                        await wait.Task;
                    }

                    await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
                }

                await open();
                await _known;
            }
            catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Reported to the other side by the reset that follows.
            }
        }

        public void Forget() => _known = _heard.Task;

        public void Answer() => _unanswered?.TrySetResult();

        public void LoseServer()
        {
            ServerLost = true;
            Close(_server);
        }

        public void Reset()
        {
            Close(client);
            Close(_server);
            _heard.TrySetResult();
            Answer();
        }

        private static void Close(TcpClient side)
        {
            try
            {
                side.LingerState = new LingerOption(true, 0);
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException or NullReferenceException)
            {
                // Closed already.
            }

            side.Dispose();
        }
    }
}
