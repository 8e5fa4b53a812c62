using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// Compares the <c>.queued</c> markers with the ledger: outcomes that are not yet reported are reported, and loads that the ledger does not know are accepted
/// again under their own ids (it was restored from a backup).
/// </summary>
internal sealed class QueuedMarkers(Inbox inbox, IAcceptLoads ledger, OutcomeMarkers outcomes, TriggerIntake intake, ILogger logger)
{
    private const int BatchSize = 500;

    public async Task<IntakeResult> RunOnceAsync(CancellationToken token)
    {
        var result = default(IntakeResult);
        foreach (var batch in InboxScan.QueuedMarkers(inbox).Chunk(BatchSize))
        {
            token.ThrowIfCancellationRequested();
            var markers = Read(batch);
            if (markers.Count == 0)
            {
                continue;
            }

            var known = await ledger.FindAsync([.. markers.Select(m => m.Load).Distinct()], token);
            var unknown = markers.Where(m => !known.ContainsKey(m.Load)).ToList();
            if (unknown.Count > 0)
            {
                result += await intake.TakeAgainAsync(unknown, token);
            }

            foreach (var marker in markers)
            {
                if (known.TryGetValue(marker.Load, out var status) && status is not (LoadStatus.Queued or LoadStatus.Loading or LoadStatus.Retrying))
                {
                    await outcomes.WriteAsync(marker.Load, token);
                }
            }
        }

        return result;
    }

    private List<(string Dataset, LoadId Load, byte[] Trigger)> Read(string[] paths)
    {
        var markers = new List<(string, LoadId, byte[])>(paths.Length);
        using var root = inbox.Open();
        foreach (var path in paths)
        {
            try
            {
                if (MarkerFile.ReadQueued(root, path) is { } marker)
                {
                    markers.Add((path[..^InboxName.Queued.Length], marker.Load, marker.Trigger));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotRead(logger, inbox.Name, path, exception.Message);
            }
        }

        return markers;
    }
}
