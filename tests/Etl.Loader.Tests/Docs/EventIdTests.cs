using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Etl.Loader.App.Commands;
using Etl.Loader.Dashboard;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Tests.Docs;

/// <summary>The ids by which operators find messages.</summary>
public sealed partial class EventIdTests
{
    private static readonly (int Id, string Name, string Row)[] Events =
    [
        .. new[] { typeof(LoadId).Assembly, typeof(DashboardRegistration).Assembly, typeof(CommandLine).Assembly }
            .SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(m => (Method: m, Message: m.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(m => m.Message is not null)
            .Select(m => (m.Message!.EventId, $"{m.Method.DeclaringType!.FullName}.{m.Method.Name}", Row(m.Message))),
    ];

    [Fact]
    public void Each_id_means_one_message()
    {
        Assert.NotEmpty(Events);
        Assert.Empty(Events.GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => string.Join(" and ", g.Select(e => e.Name)) + $" are both {g.Key}"));
    }

    [Fact]
    public void Every_message_is_on_the_operators_page_as_it_is_logged()
    {
        var page = Repository.Page("docs/monitoring.md");
        Assert.Equal("", string.Join('\n', Events.Where(e => !page.Contains(e.Row, StringComparison.Ordinal)).Select(e => e.Row)));
    }

    [Fact]
    public void Every_id_on_the_page_is_one_that_is_logged() => Assert.Empty(
        PageRow().Matches(Repository.Page("docs/monitoring.md")).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Except(Events.Select(e => e.Id)));

    /// <summary>A level of -1 or none is decided when the message is logged.</summary>
    private static string Row(LoggerMessageAttribute message) => Enum.IsDefined(message.Level) && message.Level != LogLevel.None
        ? $"| {message.EventId} | {message.Level.ToString().ToLowerInvariant()} | {Format().Replace(message.Message, "}")} |"
        : $"| {message.EventId} |";

    /// <summary>How a value is written is no name of a field.</summary>
    [GeneratedRegex(@":[a-zA-Z]+\}")]
    private static partial Regex Format();

    [GeneratedRegex(@"^\| (\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex PageRow();
}
