using System.Reflection;
using Etl.Loader.App.Commands;
using Etl.Loader.Dashboard;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Tests.Docs;

/// <summary>The ids by which operators find messages.</summary>
public class EventIdTests
{
    private static readonly (int Id, string Name)[] Events =
    [
        .. new[] { typeof(LoadId).Assembly, typeof(DashboardRegistration).Assembly, typeof(CommandLine).Assembly }
            .SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(m => (Method: m, Message: m.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Message is not null)
            .Select(m => (m.Message!.EventId, $"{m.Method.DeclaringType!.FullName}.{m.Method.Name}")),
    ];

    [Fact]
    public void Each_id_means_one_message()
    {
        Assert.NotEmpty(Events);
        Assert.Empty(Events.GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => string.Join(" and ", g.Select(e => e.Name)) + $" are both {g.Key}"));
    }

    [Fact]
    public void Every_id_is_on_the_operators_page()
    {
        var page = Repository.Page("docs/operations.md");
        Assert.Empty(Events.Where(e => !page.Contains($"| {e.Id} |", StringComparison.Ordinal)).Select(e => $"{e.Id} {e.Name}"));
    }
}
