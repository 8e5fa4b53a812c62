using Etl.Loader.Ledger;

namespace Etl.Loader.Queue;

/// <summary>What all lanes of a process share.</summary>
internal sealed record LaneParts(LaneLedger Lanes, InboxLedger Inboxes, LaneTakeover Takeover, Reconciler Reconciler, HangfireStorage Hangfire);
