using System.Text.Json.Serialization;

namespace Etl.Loader.Dashboard.Api;

/// <summary>Asks for the load of a dataset that is in an inbox.</summary>
/// <param name="Path">The data file inside the inbox, with '/'. Either this or <paramref name="Files"/>.</param>
/// <param name="Files">Several files of one dataset, in one directory; the first names it.</param>
/// <param name="Target">Default: as the inbox's rules say.</param>
/// <param name="Table">"table" or "schema.table"; default: named after the first file.</param>
/// <param name="Reason">For the audit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AcceptRequest(string? Inbox, string? Path = null, IReadOnlyList<string>? Files = null, string? Target = null, string? Table = null, string? Reason = null);

internal sealed record AcceptedLoad(LoadId LoadId, string Inbox, string Dataset, string Target, string? TableSchema, string TableName);

internal sealed record ReloadedLoad(LoadId LoadId);

/// <param name="Reason">For the audit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ActionRequest(string? Reason = null);

/// <param name="Reason">For the audit, and shown while the lane is paused.</param>
/// <param name="Now">Hands the running load back at its next chunk, instead of letting it finish.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PauseRequest(string? Reason = null, bool Now = false);
