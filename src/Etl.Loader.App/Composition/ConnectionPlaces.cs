using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Log = Etl.Loader.Dashboard.Access.Log;

namespace Etl.Loader.App.Composition;

/// <summary>
/// Accepts a connection only where there is a place for it; others wait in the system's own queue until one is closed. To close them once they are accepted, as
/// the server's own limit does, would need a file for each first, and a flood takes those that loads need.
/// </summary>
internal sealed class ConnectionPlaces(IConnectionListenerFactory inner, int places, TimeProvider time, ILogger logger) : IConnectionListenerFactory, IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _free = new(places);
    private long? _toldAt;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(this, await inner.BindAsync(endpoint, cancellationToken));

    public void Dispose() => _free.Dispose();

    private async ValueTask WaitAsync(CancellationToken token)
    {
        if (await _free.WaitAsync(TimeSpan.Zero, token))
        {
            return;
        }

        if (_toldAt is not { } at || time.GetElapsedTime(at) >= Quiet)
        {
            _toldAt = time.GetTimestamp();
            Log.AllConnectionsTaken(logger, places);
        }

        await _free.WaitAsync(token);
    }

    private sealed class Listener(ConnectionPlaces places, IConnectionListener inner) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
            try
            {
                await places.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
            {
                return null;
            }

            ConnectionContext? connection = null;
            try
            {
                connection = await inner.AcceptAsync(cancellationToken);
                connection?.ConnectionClosed.UnsafeRegister(static free => ((SemaphoreSlim)free!).Release(), places._free);
                return connection;
            }
            finally
            {
                if (connection is null)
                {
                    places._free.Release();
                }
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
            await inner.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            _unbound.Dispose();
        }
    }
}
