using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes;

/// <param name="Dataset">Path inside the inbox under which the file was delivered.</param>
/// <param name="Id">In the trigger: by which the delivery's load is found.</param>
internal sealed record DeliveredFile(string Inbox, string Dataset, long Bytes, string Sha256, string Id);

/// <summary>
/// The producer's side done right: the data under a hidden name, flushed to the disk, renamed, and only then the trigger, with the number of bytes
/// and the hash that the load has to find. Killed at any point it leaves no half delivery that could be taken for a whole one.
/// </summary>
internal sealed class Delivery(InboxCatalog catalog, IAcceptLoads ledger)
{
    private const int BufferBytes = 1 << 20;

    /// <param name="name">Name in the inbox; null: the file's own.</param>
    /// <param name="said">Goes into the trigger, together with the file's bytes and hash and a new id.</param>
    /// <param name="copied">Bytes copied so far.</param>
    /// <exception cref="LoaderException">
    /// The inbox is unknown, away or not to be written, the name is none for data, or target, schema or table cannot be: nothing is written then.
    /// </exception>
    public async Task<DeliveredFile> DeliverAsync(
        string file, string inboxName, string? name, Manifest said, IProgress<long>? copied, CancellationToken token)
    {
        var inbox = catalog.Get(inboxName);
        using var directory = inbox.Open();
        var dataset = name ?? Path.GetFileName(file);
        if (dataset.Contains('/', StringComparison.Ordinal) || InboxName.IsOurs(dataset))
        {
            throw new LoaderException(
                $"{Shown.Name(dataset)} cannot be the name of a delivery: hidden names, directories, triggers and markers cannot hold data.",
                "Give another one: --name NAME.");
        }

        if (FileStat.Of(file) is null)
        {
            throw new LoaderException($"There is no file {file}.", "Name an existing file to deliver.");
        }

        TriggerReader.Verify(inbox, dataset, said);
        await VerifyPresentAsync(inbox, token);
        if (RealPath.Of(file) == Path.Combine(inbox.RealRoot(), dataset))
        {
            throw new LoaderException($"{file} is already in the inbox.", $"Run: etl-loader load {file}");
        }

        var partial = $".etl-loader-delivery-{Guid.CreateVersion7():N}.tmp";
        var partialTrigger = partial + InboxName.Trigger;
        try
        {
            var (bytes, sha256) = await CopyAsync(inbox, directory, file, partial, copied, token);
            var id = Guid.CreateVersion7().ToString();
            var manifest = ManifestText.Of(said with { Expect = new Expectation(null, bytes, sha256), Id = id });
            Write(directory, partialTrigger, Encoding.UTF8.GetBytes(manifest));

            // From here on two renames: no cancelling between data and trigger.
            Rename(directory, partial, dataset);
            directory.Flush();
            Rename(directory, partialTrigger, dataset + InboxName.Trigger);
            directory.Flush();
            return new DeliveredFile(inbox.Name, dataset, bytes, sha256, id);
        }
        finally
        {
            directory.TryDelete(partial);
            directory.TryDelete(partialTrigger);
        }
    }

    /// <summary>An unmounted share must not be written into. The database is asked only where the directory does not carry the inbox's id.</summary>
    private async Task VerifyPresentAsync(Inbox inbox, CancellationToken token)
    {
        try
        {
            InboxIdentity.RequirePresent(inbox);
        }
        catch (InboxAwayException)
        {
            await new InboxIdentity(inbox, ledger).VerifyAsync(token);
        }
    }

    private static async Task<(long Bytes, string Sha256)> CopyAsync(
        Inbox inbox, DirectoryHandle directory, string from, string to, IProgress<long>? copied, CancellationToken token)
    {
        await using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        await using var copy = Create(inbox, directory, to);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            long bytes = 0;
            int count;
            while ((count = await source.ReadAsync(buffer.AsMemory(0, BufferBytes), token)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                await copy.WriteAsync(buffer.AsMemory(0, count), token);
                bytes += count;
                copied?.Report(bytes);
            }

            copy.Flush(flushToDisk: true);
            return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Rename(DirectoryHandle directory, string from, string name)
    {
        if (!directory.TryRename(from, directory, name))
        {
            throw new IOException($"{from} was removed from the inbox while {name} was being delivered.");
        }
    }

    private static FileStream Create(Inbox inbox, DirectoryHandle directory, string name)
    {
        try
        {
            return directory.Create(name, ownerOnly: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LoaderException(
                $"Inbox '{inbox.Name}' at {inbox.Root} cannot be written to: {exception.Message}", "Deliver as a user, and on a host, with write permission there.");
        }
    }

    private static void Write(DirectoryHandle directory, string name, byte[] content)
    {
        using var file = directory.Create(name, ownerOnly: false);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
