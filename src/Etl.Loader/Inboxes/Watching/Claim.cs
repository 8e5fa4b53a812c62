using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>What is on disk for a load that is being accepted.</summary>
internal enum ClaimKind
{
    Claim,

    /// <summary>A <c>.queued</c> marker that the ledger does not know.</summary>
    Marker,

    /// <summary>The trigger itself, where its name leaves no room for a claim; only ever refused.</summary>
    Trigger,
}

/// <summary>A trigger that is being made a load under this id.</summary>
/// <param name="Identity">What the ledger is to know it by, where it stays as it is; null where it was renamed.</param>
internal sealed record Claim(string Dataset, LoadId Load, TriggerText Text, ClaimKind Kind = ClaimKind.Claim, TriggerIdentity? Identity = null)
{
    /// <summary>Under which it stands among the waiting.</summary>
    public string Path => Identity?.Path ?? InboxName.ClaimOf(Dataset, Load);
}
