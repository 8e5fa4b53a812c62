namespace Etl.Loader.Ledger;

/// <summary>Which entries of the audit to list; every part narrows.</summary>
/// <param name="Actor">Exactly as recorded: <c>kim</c>, <c>kim@host</c>, <c>key ci</c>.</param>
/// <param name="Target">Actions on the lane and on loads of it.</param>
internal sealed record AuditFilter(string? Actor = null, string? Target = null, LoadId? Load = null);

/// <summary>What someone did.</summary>
/// <param name="DatabaseRole">The role of the connection that wrote the entry; null before it was recorded.</param>
/// <param name="LoadId">Null for actions on a lane.</param>
internal sealed record AuditEntry(
    long Id, DateTimeOffset At, string Actor, string? DatabaseRole, string Action, string? Reason, LoadId? LoadId, string? Target, string? Details);

/// <summary>A page of the audit, newest first; <paramref name="Next"/> is the key to resume from, null at the end.</summary>
internal sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? Next);

internal partial interface ILoadQueries
{
    /// <summary>At most <paramref name="limit"/> (1 … 1000) entries, newest first.</summary>
    Task<AuditPage> AuditAsync(AuditFilter filter, string? after, int limit, CancellationToken token);
}
