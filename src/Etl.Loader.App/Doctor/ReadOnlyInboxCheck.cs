using System.Text;
using Etl.Loader.Files;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Etl.Loader.App.Doctor;

/// <summary>
/// An inbox with <c>Markers</c> none needs no right to write; it needs the file with its id, which someone else makes there once. The line for that is
/// printed with the id on record, so that an inbox that lost its file gets the same one again.
/// </summary>
internal static class ReadOnlyInboxCheck
{
    private const int MaxBytes = 1024;

    /// <param name="services">Null while the queue database does not answer.</param>
    public static async Task<Finding> RunAsync(string name, string path, IServiceProvider? services, CancellationToken token)
    {
        var check = $"inbox {name}";
        if (!Directory.Exists(path))
        {
            return new Finding(check, FindingLevel.Fault, $"{path} does not exist", "Create it, or mount it.");
        }

        var file = Path.Combine(path, InboxName.Identity);
        Guid? carried;
        try
        {
            _ = Directory.EnumerateFileSystemEntries(path).Any();
            using var inbox = DirectoryHandle.Open(path);
            carried = SmallFile.Read(inbox, InboxName.Identity, MaxBytes) is { } content
                ? Guid.TryParse(Encoding.UTF8.GetString(content).Trim(), out var id) ? id : Guid.Empty
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Finding(check, FindingLevel.Fault, $"{path} cannot be read: {fault.Message}", "Give this user read permission there.");
        }

        var onRecord = await OnRecordAsync(name, services, token);
        var line = $"Once, on a host that can write there (adapt the path if it differs there): echo {onRecord ?? Guid.CreateVersion7():D} > {file}";
        return carried switch
        {
            null when onRecord is null => new Finding(check, FindingLevel.Fault, $"{path} has no {InboxName.Identity}, and with Markers none the loader does not create it", line),
            null => new Finding(check, FindingLevel.Fault, $"{path} has no {InboxName.Identity}: a share that is not mounted, or the file was removed", $"Mount it. If the file was removed: {line}"),
            { } other when other == Guid.Empty || (onRecord is { } known && known != other) => new Finding(
                check,
                FindingLevel.Fault,
                $"{file} contains {(other == Guid.Empty ? "no id" : $"{other:D}, but {onRecord:D} is on record: this is another directory")}",
                $"Mount the right directory. If this is the right one: {line}"),
            _ => new Finding(check, FindingLevel.Ok, $"{path}, read-only; accepted triggers are recorded in the ledger (Markers none)"),
        };
    }

    private static async Task<Guid?> OnRecordAsync(string name, IServiceProvider? services, CancellationToken token)
    {
        try
        {
            return services is null ? null : await services.GetRequiredService<InboxLedger>().FindInboxAsync(name, token);
        }
        catch (NpgsqlException)
        {
            // Not there yet, or away: reported elsewhere.
            return null;
        }
    }
}
