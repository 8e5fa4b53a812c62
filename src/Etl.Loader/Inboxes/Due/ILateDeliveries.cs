using System.Globalization;

namespace Etl.Loader.Inboxes.Due;

/// <summary>A delivery that the operator expects each day (<c>due</c> of a rule) and that has not come.</summary>
/// <param name="Match">The rule's pattern of file names.</param>
/// <param name="Target">Null together with <paramref name="Table"/>: nothing that matches was ever delivered, so that no table is known.</param>
/// <param name="DueAt">The moment by which it should have been accepted.</param>
/// <param name="LastAcceptedAt">When a delivery that matches was last accepted; null: never.</param>
internal sealed record LateDelivery(
    string Inbox, string Match, string? Target, string? Table, DateTimeOffset DueAt, DateTimeOffset? LastAcceptedAt)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Match} of inbox {Inbox} was due at {DueAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC and has not arrived; {Last}");

    private string Last => LastAcceptedAt is { } at ? string.Create(CultureInfo.InvariantCulture, $"the last one arrived at {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "none has ever arrived";
}

/// <summary>What is late now, by the rules of this process's configuration and the ledger.</summary>
internal interface ILateDeliveries
{
    /// <summary>Ordered by inbox, then by the rules' order. Throws as any read of the queue database does while it is away.</summary>
    Task<IReadOnlyList<LateDelivery>> ListAsync(CancellationToken token);
}
