using System.Globalization;
using Etl.Loader.Dashboard.Masking;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>The rejected rows of a load as a CSV file, read from its target. Who may only read gets no row's text, and no reason either where values are masked.</summary>
internal sealed class RejectsDispatcher : IDashboardDispatcher
{
    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        var request = new PageRequest(context, http.RequestServices, http.RequestAborted);
        if (!LoadId.TryParse(context.UriMatch.Groups["id"].Value, out var load)
            || await request.Get<ILoadQueries>().FindAsync(load, request.Token) is not { Load: var record })
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            var rejects = request.Get<TargetCatalog>().Get(record.Spec.Target).ReadRejectsAsync(load, request.Token);
            await WriteAsync(http.Response, load, rejects, withText: !context.IsReadOnly, withReason: !request.Get<MaskingRule>().Applies, request.Token);
        }
        catch (Exception fault) when (!http.Response.HasStarted && fault is not OperationCanceledException)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.ContentDisposition = default;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync($"The rejected rows cannot be read from target {record.Spec.Target} now. On a host that can reach the target, this reads them: etl-loader rejects {load}");
        }
    }

    private static async Task WriteAsync(
        HttpResponse response, LoadId load, IAsyncEnumerable<Survey.RejectedRecord> rejects, bool withText, bool withReason, CancellationToken token)
    {
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"rejects-{load}.csv\"";
        var head = $"file,line,offset,column{(withReason ? ",reason" : "")}{(withText ? ",raw" : "")}\n";
        await foreach (var reject in rejects.WithCancellation(token))
        {
            await response.WriteAsync(head, token);
            head = "";
            string?[] cells =
            [
                reject.File, reject.Line.ToString(CultureInfo.InvariantCulture), reject.Offset.ToString(CultureInfo.InvariantCulture), reject.Column,
                .. withReason ? (string[])[reject.Reason] : [],
                .. withText ? (string[])[reject.Raw] : [],
            ];
            await response.WriteAsync(string.Join(',', cells.Select(Quoted)) + "\n", token);
        }

        await response.WriteAsync(head, token);
    }

    private static string Quoted(string? cell) => $"\"{cell?.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
