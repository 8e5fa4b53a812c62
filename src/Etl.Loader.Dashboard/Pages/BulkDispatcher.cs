using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>
/// Does the next part of what a preview showed. The page's script asks for part after part; the same part of the same preview is done once. Who may
/// only read is refused.
/// </summary>
internal sealed class BulkDispatcher : IDashboardDispatcher
{
    private const int MostRemembered = 100_000;
    private const int MostChosen = 1000;
    private readonly ConcurrentDictionary<(string Once, string After), bool> _parts = new();

    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        if (FormPost.Refusal(context, http) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        try
        {
            var part = await RunAsync(new PageRequest(context, http.RequestServices, http.RequestAborted), name => form[name].ToString(), http);
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(JsonSerializer.Serialize(new
            {
                done = part.Done.Count,
                refused = part.Refused.Select(r => new { id = r.Load.ToString(), reason = r.Reason }),
                next = part.Next,
            }));
        }
        catch (LoaderException refusal)
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync($"{refusal.Message} {refusal.Hint}".Trim());
        }
    }

    private async Task<BulkPart> RunAsync(PageRequest request, Func<string, string> field, HttpContext http)
    {
        var kind = Kind(field("kind"));
        var reason = field("reason").Trim();
        if (reason.Length is 0 or > 500)
        {
            throw new LoaderException("An action on many loads needs a reason of at most 500 characters.", "Say what was fixed, or why.");
        }

        var (once, after) = (field("once"), Number(field("after")));
        if (_parts.Count > MostRemembered)
        {
            _parts.Clear();
        }

        if (once.Length == 0 || !_parts.TryAdd((once, field("after")), true))
        {
            throw new LoaderException("This part of the action is already done or in progress.", "Look at the list of loads, or open the preview again.");
        }

        try
        {
            var actor = http.User.Actor(reason);
            var bulk = request.Get<BulkActions>();
            var chosen = Chosen(field("chosen"));
            return chosen.Count > 0
                ? await RunChosenAsync(bulk, kind, chosen, (int)Math.Min(after, chosen.Count), actor, request.Token)
                : await bulk.RunMatchingAsync(kind, LoadFilter.Parse(field("filter")), after, Number(field("upTo")), actor, request.Token);
        }
        catch
        {
            _parts.TryRemove((once, field("after")), out _);
            throw;
        }
        finally
        {
            request.Get<LoadReadings>().Forget();
        }
    }

    private static async Task<BulkPart> RunChosenAsync(
        BulkActions bulk, BulkKind kind, List<LoadId> chosen, int after, Actor actor, CancellationToken token)
    {
        var part = await bulk.RunChosenAsync(kind, chosen[after..], actor, token);
        return part with { Next = part.Next + after };
    }

    /// <summary>Throws <see cref="LoaderException"/> for another word than <c>requeue</c> and <c>cancel</c>.</summary>
    public static BulkKind Kind(string? word) => word switch
    {
        "requeue" => BulkKind.Requeue,
        "cancel" => BulkKind.Cancel,
        _ => throw new LoaderException($"'{word}' is not a bulk action; expected requeue or cancel."),
    };

    /// <summary>Load ids separated by commas, at most 1000. Throws <see cref="LoaderException"/> naming what is none.</summary>
    public static List<LoadId> Chosen(string? text)
    {
        var words = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length > MostChosen
            ? throw new LoaderException($"{Amounts.Counted(words.Length, "load")} were selected; at most {MostChosen} can be selected one by one.", "Use a filter for more.")
            : [.. words.Distinct(StringComparer.Ordinal).Select(word => LoadId.TryParse(word, out var load) ? load : throw new LoaderException($"'{word}' is not a load id."))];
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
