using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Storage;

namespace Etl.Loader.Queue.Lanes;

/// <summary>What all lanes of a process share.</summary>
internal sealed record LaneParts(
    LaneLedger Lanes,
    InboxLedger Inboxes,
    LaneTakeover Takeover,
    Reconciler Reconciler,
    ReceiptComparison Comparison,
    Leftovers Leftovers,
    HangfireStorage Hangfire,
    Liveness Liveness);
