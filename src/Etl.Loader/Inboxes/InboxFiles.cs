using System.Text;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes;

/// <summary>The data and markers of accepted loads, on disk.</summary>
internal sealed class InboxFiles(InboxCatalog catalog, ILogger<InboxFiles> logger) : IInboxes
{
    public IReadOnlyList<SourceFile> Resolve(LoadSpec spec)
    {
        var inbox = Present(spec);
        using var finder = new DatasetFiles(inbox);
        return [.. spec.Files.Select(file => Unchanged(inbox, finder, file))];
    }

    public void VerifyUnchanged(LoadSpec spec) => _ = Resolve(spec);

    public bool IsTriggered(LoadSpec spec)
    {
        try
        {
            var inbox = catalog.Get(spec.Inbox);
            if (!inbox.HasMarkers)
            {
                // There a trigger stays where it is when it is taken.
                return false;
            }

            var trigger = inbox.FullPath(spec.Dataset + InboxName.Trigger);
            return File.Exists(trigger)
                || Directory.EnumerateFiles(Path.GetDirectoryName(trigger)!, Path.GetFileName(trigger) + ".*").Any(found => InboxName.IsClaim(found, out _, out _));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public LoadSpec Refresh(LoadSpec spec)
    {
        var inbox = Present(spec);
        using var finder = new DatasetFiles(inbox);
        return spec with
        {
            Files = [.. spec.Files.Select(file => finder.Describe(file.Path))],

            // No producer says this: anyone who found fewer rows right changes the rule, and runs the load again under it.
            Shrink = inbox.RuleOf(spec.Dataset)?.Shrink,
        };
    }

    public IReadOnlyList<TimeSpan>? RetryDelays(string inbox) => catalog.All.FirstOrDefault(i => i.Name == inbox)?.Options.RetryDelays;

    public Task<bool> WriteMarkerAsync(LoadId load, LoadSpec spec, LoadStatus status, string content, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (!catalog.Get(spec.Inbox).HasMarkers)
        {
            return Task.FromResult(false);
        }

        try
        {
            var inbox = Present(spec);
            using var markers = new DatasetMarkers(inbox, spec.Dataset);
            if (status is LoadStatus.Queued or LoadStatus.Loading or LoadStatus.Retrying)
            {
                return Task.FromResult(markers.QueuedAgain(load, Encoding.UTF8.GetBytes(content)));
            }

            if (status == LoadStatus.Loaded && markers.IsOwner(load, status))
            {
                // Before the marker: a death in between is made good when the marker is written again.
                Clearance.Apply(inbox, load, spec, logger);
            }

            return Task.FromResult(markers.Outcome(load, status, content));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InboxAwayException)
        {
            Log.MarkerNotWritten(logger, load, spec.Inbox, spec.Dataset, exception.Message);
            return Task.FromResult(false);
        }
    }

    private Inbox Present(LoadSpec spec)
    {
        var inbox = catalog.Get(spec.Inbox);
        InboxIdentity.RequirePresent(inbox);
        return inbox;
    }

    private static SourceFile Unchanged(Inbox inbox, DatasetFiles finder, DataFile accepted)
    {
        SourceFile source;
        try
        {
            source = finder.Find(accepted.Path);
        }
        catch (IOException exception)
        {
            throw inbox.Away(exception.Message);
        }

        var now = DatasetFiles.Describe(accepted.Path, source);
        return now == accepted ? source : throw new DatasetException(
            $"The data file {Shown.Name(accepted.Path)} changed after the load was accepted: it had {Amounts.Counted(accepted.Bytes, "byte")} of {accepted.ModifiedAt:O},"
            + $" now {Amounts.Count(now.Bytes)} of {now.ModifiedAt:O}.",
            "If it is a new delivery, its own trigger loads it; otherwise 'etl-loader requeue' loads it as it is now.",
            accepted.Path);
    }
}
