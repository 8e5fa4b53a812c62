using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Etl.Loader.Files;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>A port of 127.0.0.1, chosen once and kept in a file, so that people's connection settings hold over restarts.</summary>
internal static class LoopbackPort
{
    /// <summary>Below the range from which systems give out ports to connections, so that none of these takes ours while we are stopped.</summary>
    private const int First = 20_000;

    private const int Last = 29_999;

    private const int LargestFile = 64;

    public static int KeptOrChosen(string file)
    {
        // The server's user may own the directory: what is there is not followed.
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(file)!);
        var name = Path.GetFileName(file);
        if (SmallFile.Read(directory, name, LargestFile) is { } content
            && int.TryParse(Encoding.ASCII.GetString(content), CultureInfo.InvariantCulture, out var kept))
        {
            return IsFree(kept) ? kept : throw Taken(kept, file);
        }

        for (var tries = 0; tries < 200; tries++)
        {
            var port = Random.Shared.Next(First, Last + 1);
            if (IsFree(port))
            {
                var text = Encoding.ASCII.GetBytes(port.ToString(CultureInfo.InvariantCulture));
                SmallFile.Write(directory, name, $".{name}-{Guid.CreateVersion7():N}.new", text, ownerOnly: false);
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
