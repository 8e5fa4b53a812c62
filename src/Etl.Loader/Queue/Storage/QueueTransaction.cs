using System.Transactions;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// A transaction over ledger and Hangfire. Inside it at most one connection may be open at a time, all of the queue database's pool; two
/// would need a prepared transaction.
/// </summary>
internal static class QueueTransaction
{
    public static TransactionScope Begin() => new(
        TransactionScopeOption.Required,
        new TransactionOptions { IsolationLevel = IsolationLevel.ReadCommitted, Timeout = TimeSpan.FromMinutes(2) },
        TransactionScopeAsyncFlowOption.Enabled);
}
