using System.Net.Sockets;

namespace Etl.Loader.Faults;

/// <summary>
/// What a failed system call means, by its errno: of files and of connections alike. .NET keeps the number in the HResult of an
/// <see cref="IOException"/> and in the native code of a <see cref="SocketException"/>; the resolver's numbers above 11000 are .NET's own.
/// </summary>
internal static class ErrnoFaults
{
    private const string FreeSpace = "Free space, or raise the limit; the load resumes automatically.";
    private const string Rights = "Give the loader's user permission to access it.";
    private const string Storage = "Check the system log: its storage is failing.";

    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int NameTooLong = 36;

    /// <summary>Every errno that has a meaning here, with the words for it.</summary>
    public static IReadOnlyDictionary<int, (string Words, FaultRow Row)> Table { get; } = new Dictionary<int, (string, FaultRow)>
    {
        [1] = ("not permitted", new(FaultKind.Outage, Rights)),
        [NoEntry] = ("not there", new(FaultKind.Outage, "Create it, or mount it.")),
        [4] = ("interrupted", new(FaultKind.Transient)),
        [5] = ("input/output error", new(FaultKind.Outage, Storage)),
        [6] = ("no such device", new(FaultKind.Outage, Storage)),
        [11] = ("in use by another process", new(FaultKind.Transient)),
        [12] = ("out of memory", new(FaultKind.Transient)),
        [AccessDenied] = ("permission denied", new(FaultKind.Outage, Rights)),
        [16] = ("in use", new(FaultKind.Transient)),
        [19] = ("no such device", new(FaultKind.Outage, Storage)),
        [20] = ("not a directory", new(FaultKind.Data)),
        [21] = ("a directory", new(FaultKind.Data)),
        [23] = ("too many open files in the system", new(FaultKind.Transient)),
        [24] = ("too many open files", new(FaultKind.Transient)),
        [27] = ("file too large", new(FaultKind.Data)),
        [28] = ("no space left", new(FaultKind.Outage, FreeSpace, Full: true)),
        [30] = ("mounted read-only", new(FaultKind.Outage, "Mount it for writing.")),
        [32] = ("connection lost (broken pipe)", new(FaultKind.Outage)),
        [NameTooLong] = ("name too long", new(FaultKind.Data)),
        [40] = ("too many symbolic links", new(FaultKind.Data)),
        [67] = ("link lost", new(FaultKind.Outage)),
        [99] = ("address not available", new(FaultKind.Outage)),
        [100] = ("network down", new(FaultKind.Outage)),
        [101] = ("network unreachable", new(FaultKind.Outage)),
        [102] = ("connection lost (network reset)", new(FaultKind.Outage)),
        [103] = ("connection lost (aborted)", new(FaultKind.Outage)),
        [104] = ("connection lost (reset by peer)", new(FaultKind.Outage)),
        [105] = ("no buffer space", new(FaultKind.Transient)),
        [107] = ("not connected", new(FaultKind.Outage)),
        [108] = ("connection lost (shut down)", new(FaultKind.Outage)),
        [110] = ("timed out", new(FaultKind.Outage)),
        [111] = ("connection refused", new(FaultKind.Outage)),
        [112] = ("host down", new(FaultKind.Outage)),
        [113] = ("no route to host", new(FaultKind.Outage)),
        [116] = ("mount is stale", new(FaultKind.Outage, "Mount it again.")),
        [121] = ("input/output error at the other end", new(FaultKind.Outage, Storage)),
        [122] = ("quota exhausted", new(FaultKind.Outage, FreeSpace, Full: true)),
        [(int)SocketError.HostNotFound] = ("host name not found", new(FaultKind.Outage, "Correct the host name, or the name service.")),
        [(int)SocketError.TryAgain] = ("host name not found now", new(FaultKind.Outage)),
        [(int)SocketError.NoRecovery] = ("name service failed", new(FaultKind.Outage)),
        [(int)SocketError.NoData] = ("host name has no address", new(FaultKind.Outage, "Correct the host name, or the name service.")),
    };

    /// <summary>The words and the row of an exception that carries an errno; null where it has none, or one that is not in the table.</summary>
    public static (string Words, FaultRow Row)? Find(Exception exception) =>
        Number(exception) is { } errno && Table.TryGetValue(errno, out var known) ? known : null;

    private static int? Number(Exception exception) => exception switch
    {
        SocketException socket => Table.ContainsKey(socket.NativeErrorCode) ? socket.NativeErrorCode : (int)socket.SocketErrorCode,
        FileNotFoundException or DirectoryNotFoundException => NoEntry,
        PathTooLongException => NameTooLong,
        UnauthorizedAccessException { InnerException: IOException { HResult: > 0 and var denied } } => denied,
        UnauthorizedAccessException => AccessDenied,
        IOException { HResult: > 0 and var errno } => errno,
        _ => null,
    };
}
