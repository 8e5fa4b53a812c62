using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes;

/// <summary>Accepts datasets that are in an inbox, without a trigger and by the same rules: no watcher is needed.</summary>
internal sealed class FileAcceptor(InboxCatalog catalog, IAcceptLoads ledger, IInboxes inboxes, TimeProvider time)
{
    /// <param name="files">Paths on this host of one dataset, in one directory of an inbox; the first names the dataset.</param>
    /// <param name="target">Null: as the inbox's rules say.</param>
    /// <param name="table">"table" or "schema.table"; null: by the first file's name or the inbox's rules.</param>
    /// <exception cref="LoaderException">A file is missing, is not in any inbox, or cannot be loaded; nothing was accepted.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The queue database is away.</exception>
    public Task<(LoadId Load, LoadSpec Spec)> AcceptAsync(IReadOnlyList<string> files, string? target, string? table, AcceptedBy by, CancellationToken token) =>
        AcceptAsync([.. files.Select(Locate)], target, table, by, token);

    /// <summary>As above, for one who knows the inbox by its name and may be anybody: nothing outside it is even looked at.</summary>
    /// <param name="paths">Relative to the inbox, with '/'.</param>
    public Task<(LoadId Load, LoadSpec Spec)> AcceptInAsync(
        string inbox, IReadOnlyList<string> paths, string? target, string? table, AcceptedBy by, CancellationToken token)
    {
        var named = catalog.Get(inbox);
        foreach (var path in paths)
        {
            DatasetFiles.RefuseUnsafe(path);
        }

        return AcceptAsync([.. paths.Select(path => (named, path))], target, table, by, token);
    }

    private async Task<(LoadId Load, LoadSpec Spec)> AcceptAsync(
        IReadOnlyList<(Inbox Inbox, string Relative)> files, string? target, string? table, AcceptedBy by, CancellationToken token)
    {
        var (inbox, dataset) = files[0];
        if (files.Any(f => f.Inbox != inbox || Path.GetDirectoryName(f.Relative) != Path.GetDirectoryName(dataset)))
        {
            throw new LoaderException(
                $"The files of one dataset must be in one directory; these are in {string.Join(", ", files.Select(f => $"{f.Inbox.Name}/{Path.GetDirectoryName(f.Relative)}").Distinct(StringComparer.Ordinal))}.",
                "Move them into one directory, or load each as its own table.");
        }

        await new InboxIdentity(inbox, ledger).VerifyAsync(token);
        var manifest = new Manifest { Files = [.. files.Select(f => Path.GetFileName(f.Relative))], Target = target, Table = table };
        var spec = TriggerReader.Settle(inbox, dataset, manifest, token);
        var load = new NewLoad(LoadId.New(time), spec, By: by);
        await ledger.AcceptAsync([load], token);

        // With the text that a trigger would have had: should the ledger be restored from an older backup, the marker accepts the same load again.
        await inboxes.WriteMarkerAsync(load.Id, spec, LoadStatus.Queued, ManifestText.Of(manifest), token);
        return (load.Id, spec);
    }

    private (Inbox Inbox, string Relative) Locate(string file) => FileStat.Of(Path.GetFullPath(file)) is null
        ? throw new LoaderException($"There is no file {file}.", "Name data files that are in an inbox.")
        : catalog.Locate(file);
}
