using System.Net;
using System.Net.Sockets;

namespace Etl.Loader.IntegrationTests.Telemetry;

internal static class FreePort
{
    /// <summary>A port of loopback that no one listens on now.</summary>
    public static int Find()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
