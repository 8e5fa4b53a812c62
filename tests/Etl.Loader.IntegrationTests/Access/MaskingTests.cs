using System.Net;
using System.Text.RegularExpressions;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Routing;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>With <c>Loader:Http:MaskValues</c>: loads that fail, reject and widen by one value, and every address that can be read, asked by each role.</summary>
public partial class MaskingTests(PostgresServer server)
{
    private const string Secret = "4711-TOPSECRET";

    private static readonly string[] JobPages = ["/hangfire/jobs/", "/hangfire/retries", "/hangfire/recurring", "/hangfire/.+"];

    [Fact]
    public async Task No_address_shows_a_viewer_the_value_of_a_cell()
    {
        await using var site = (await Site.PrepareAsync(server)).WithUsers().WithKeys().Set("MaskValues", "true");
        await site.StartAsync(roles: EtlLoaderRoles.Watcher | EtlLoaderRoles.Lanes);
        await DeliverAsync(site, "failing.csv", """{ "schema": { "amount": "bigint" } }""");
        await DeliverAsync(site, "rejecting.csv", """{ "schema": { "amount": "bigint" }, "rejects": { "max": 5 } }""");
        await DeliverAsync(site, "widening.csv", "{}");
        var loads = await LoadsAsync(site);
        Assert.Equal(["failed", "loaded", "loaded"], loads.Select(l => l.Status.Word()));

        using var kim = await site.SignedInAsync("kim");
        using var vera = await site.SignedInAsync("vera");
        using var program = site.WithKey(Site.OperatorKey);
        using var reader = site.WithKey(Site.ViewerKey);
        var toOperators = new List<string>();
        var toViewers = new List<string>();
        var refused = new List<string>();

        // The operators ask first: what was read for them is not to be handed to viewers, nor the other way round.
        foreach (var path in Addresses(site, loads).Concat(Addresses(site, loads)))
        {
            toOperators.AddRange(await Showing(path, kim, program));
            foreach (var visitor in new[] { vera, reader })
            {
                using var answer = await visitor.GetAsync(path);
                if (answer.StatusCode == HttpStatusCode.Forbidden)
                {
                    refused.Add(path);
                }
                else
                {
                    Assert.True((int)answer.StatusCode < 500, $"{path}: {(int)answer.StatusCode}");
                }
            }

            toViewers.AddRange(await Showing(path, vera, reader));
        }

        Assert.True(toViewers.Count == 0, string.Join('\n', toViewers.Distinct()));
        var (failed, rejected, widened) = (loads[0].LoadId, loads[1].LoadId, loads[2].LoadId);
        foreach (var path in (string[])[$"/hangfire/loads/{failed}", $"/hangfire/loads/{failed}?live=1", $"/hangfire/loads/{rejected}/rejects", $"/hangfire/loads/{widened}", "/hangfire/loads", "/api/loads", $"/api/loads/{failed}",
            $"/api/loads/{widened}", "/hangfire/jobs/failed", $"/hangfire/jobs/details/{loads[0].JobId}", "/hangfire/tables"])
        {
            Assert.Contains(path, toOperators);
        }

        // A viewer still reads every page of ours.
        Assert.All(refused, path => Assert.True(JobPages.Any(start => path.StartsWith(start, StringComparison.Ordinal)) || path.Contains("actions", StringComparison.Ordinal), path));
        Assert.Contains(refused, path => path == "/hangfire/jobs/failed");
        var page = await vera.TextAsync($"/hangfire/loads/{failed}");
        Assert.Contains("failing.csv, line 3 (data): (hidden", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/hangfire/jobs", page, StringComparison.Ordinal);
        Assert.StartsWith("file,line,offset,column\n\"rejecting.csv\",\"3\",", await vera.TextAsync($"/hangfire/loads/{rejected}/rejects"), StringComparison.Ordinal);
    }

    private static async Task DeliverAsync(Site site, string name, string trigger)
    {
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, name), $"id,amount\n1,17\n2,{Secret}\n", Site.Token);
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, name + ".trigger"), trigger, Site.Token);
    }

    /// <summary>In the order of their names, once all three have an outcome.</summary>
    private static async Task<List<LoadSummary>> LoadsAsync(Site site)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Site.Token);
        patience.CancelAfter(TimeSpan.FromSeconds(120));
        while (true)
        {
            var loads = (await site.Get<ILoadQueries>().ListAsync(new LoadFilter(), null, 10, patience.Token)).Loads;
            if (loads.Count == 3 && loads.All(load => load.Status.HasOutcome()) && await site.ScalarAsync<long>("SELECT count(*) FROM hangfire.job WHERE statename IN ('Failed', 'Succeeded')") == 3)
            {
                return [.. loads.OrderBy(load => load.Dataset, StringComparer.Ordinal)];
            }

            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>The path, as often as a visitor's answer has the secret: in its text or in a header.</summary>
    private static async Task<IEnumerable<string>> Showing(string path, params Visitor[] visitors)
    {
        var shown = new List<string>();
        foreach (var visitor in visitors)
        {
            using var answer = await visitor.GetAsync(path);
            if ($"{answer}{await answer.Content.ReadAsStringAsync(Site.Token)}".Contains(Secret, StringComparison.OrdinalIgnoreCase))
            {
                shown.Add(path);
            }
        }

        return shown;
    }

    /// <summary>Every route of Hangfire's, of our pages and of the API, with each load and job in the places for one, and the queries that pages know.</summary>
    private static IEnumerable<string> Addresses(Site site, List<LoadSummary> loads)
    {
        foreach (var dispatcher in DashboardRoutes.Routes.GetType().GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)
            .Select(f => f.GetValue(DashboardRoutes.Routes)).OfType<IEnumerable<Tuple<string, IDashboardDispatcher>>>().First())
        {
            foreach (var path in Filled(AccessRule.DashboardPath + dispatcher.Item1.Trim('^', '$'), loads))
            {
                yield return path;
                yield return path + "?live=1";
            }
        }

        foreach (var endpoint in site.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(e => "/" + e.RoutePattern.RawText!.Trim('/'))
            .Where(p => !p.StartsWith(AccessRule.DashboardPath, StringComparison.Ordinal) && !p.StartsWith("/logout", StringComparison.Ordinal)))
        {
            foreach (var path in Filled(endpoint, loads))
            {
                yield return path;
            }
        }

        foreach (var query in (string[])["status:failed", "cause:0123456789ab", "TOPSECRET", "file:*TOPSECRET*", "x:y"])
        {
            yield return $"/hangfire/loads?q={Uri.EscapeDataString(query)}";
            yield return $"/api/loads?q={Uri.EscapeDataString(query)}";
            yield return $"/hangfire/loads/bulk?action=requeue&q={Uri.EscapeDataString(query)}";
        }

        foreach (var load in loads)
        {
            yield return $"/hangfire/loads/bulk?action=requeue&id={load.LoadId}";
            yield return $"/hangfire/tables/warehouse/{load.TableName}";
            yield return $"/hangfire/audit?load={load.LoadId}";
        }
    }

    private static IEnumerable<string> Filled(string pattern, List<LoadSummary> loads) =>
        Place().IsMatch(pattern) ? loads.SelectMany(load => new[] { load.LoadId.ToString(), load.JobId!, load.TableName, "warehouse", "loads-warehouse-2" }).Distinct().Select(value => Place().Replace(pattern, value)) : [pattern];

    [GeneratedRegex(@"\(\?<\w+>.+?\)(?=/|$)|\[0-9\]\+|\{[^}]+\}")]
    private static partial Regex Place();
}
