using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Names that no one has are never written: people type their password there.</summary>
internal static partial class Log
{
    [LoggerMessage(1800, LogLevel.Warning, "The dashboard on {Address} refuses everything but health{Keys}: {Reason}. Set Loader:Http:Users or Loader:Http:OpenIdConnect for people, Loader:Http:ApiKeys for programs (docs/access.md)")]
    public static partial void Closed(ILogger logger, string address, string keys, string reason);

    [LoggerMessage(1801, LogLevel.Information, "{User} signed in as {Role} from {Address} by {Way}")]
    public static partial void SignedIn(ILogger logger, string user, Role role, IPAddress? address, string way);

    [LoggerMessage(1802, LogLevel.Warning, "A sign-in for {User} from {Address} was refused: {Reason}")]
    public static partial void SignInRefused(ILogger logger, string user, IPAddress? address, string reason);

    [LoggerMessage(1803, LogLevel.Information, "{User} signed out")]
    public static partial void SignedOut(ILogger logger, string? user);

    [LoggerMessage(1804, LogLevel.Warning, "An unknown API key from {Address} was refused at {Method} {Path}")]
    public static partial void UnknownKey(ILogger logger, IPAddress? address, string method, PathString path);

    [LoggerMessage(1805, LogLevel.Warning, "{User} from {Address} was refused at {Method} {Path}")]
    public static partial void Refused(ILogger logger, string? user, IPAddress? address, string method, PathString path);

    [LoggerMessage(1807, LogLevel.Warning, "{User} signed out, but other processes accept the cookie until the queue database can be updated: {Reason}")]
    public static partial void NotReported(ILogger logger, string? user, string reason);

    [LoggerMessage(1808, LogLevel.Warning, "All connections to pages and API are in use; new ones wait until one is closed (Loader:Http:MaxConnections: {Connections})")]
    public static partial void AllConnectionsTaken(ILogger logger, int connections);

    [LoggerMessage(1806, LogLevel.Warning, "{Method} {Path} could not be answered: {Reason}")]
    public static partial void Away(ILogger logger, string method, PathString path, string reason);
}
