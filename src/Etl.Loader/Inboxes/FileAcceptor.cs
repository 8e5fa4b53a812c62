using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes;

/// <summary>Accepts a dataset that lies in an inbox, without a trigger and by the same rules.</summary>
internal sealed class FileAcceptor(InboxCatalog catalog, IAcceptLoads ledger, IInboxes inboxes, TimeProvider time)
{
    /// <param name="file">A path on this host, inside an inbox.</param>
    /// <param name="target">Null: as the inbox's rules say.</param>
    /// <param name="table">"table" or "schema.table"; null: by the file's name or the inbox's rules.</param>
    /// <exception cref="LoaderException">The file lies in no inbox, or cannot be loaded; nothing was accepted.</exception>
    public Task<LoadId> AcceptFileAsync(string file, string? target, string? table, CancellationToken token)
    {
        var (inbox, dataset) = catalog.Locate(file);
        return AcceptAsync(inbox, dataset, target, table, token);
    }

    /// <param name="dataset">Path inside the inbox, with '/'.</param>
    public async Task<LoadId> AcceptAsync(Inbox inbox, string dataset, string? target, string? table, CancellationToken token)
    {
        await new InboxIdentity(inbox, ledger).VerifyAsync(token);
        var spec = TriggerReader.Settle(inbox, dataset, new Manifest { Files = [Path.GetFileName(dataset)], Target = target, Table = table });
        var load = new NewLoad(LoadId.New(time), spec);
        await ledger.AcceptAsync([load], token);
        await inboxes.WriteMarkerAsync(load.Id, spec, LoadStatus.Queued, "", token);
        return load.Id;
    }
}
