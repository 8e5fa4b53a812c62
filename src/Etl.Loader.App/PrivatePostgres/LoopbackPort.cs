using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>A port of 127.0.0.1, chosen once and kept in a file, so that people's connection settings hold over restarts.</summary>
internal static class LoopbackPort
{
    /// <summary>Below the range from which systems give out ports to connections, so that none of these takes ours while we are stopped.</summary>
    private const int First = 20_000;

    private const int Last = 29_999;

    public static int KeptOrChosen(string file)
    {
        if (File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var kept))
        {
            return IsFree(kept) ? kept : throw Taken(kept, file);
        }

        for (var tries = 0; tries < 200; tries++)
        {
            var port = Random.Shared.Next(First, Last + 1);
            if (IsFree(port))
            {
                File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
                return port;
            }
        }

        throw new LoaderException(
            $"No free port for the private PostgreSQL was found between {First} and {Last} on 127.0.0.1.",
            $"Write the number of a free port into {file}.");
    }

    public static LoaderException Taken(int port, string file) => new(
        $"Port {port} of 127.0.0.1, which the private PostgreSQL of this home uses, is taken by another program.",
        $"Stop that program (ss -ltnp 'sport = :{port}' names it), or delete {file} to have another port chosen.");

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
