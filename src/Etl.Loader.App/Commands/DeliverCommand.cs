using System.CommandLine;
using System.Text;
using Etl.Loader.App.Output;
using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Commands;

/// <summary><c>deliver</c>: brings a file into an inbox as a careful producer does.</summary>
internal static class DeliverCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var file = new Argument<string>("FILE") { Description = "The finished data file, anywhere." };
        var inbox = new Option<string>("--inbox") { Description = "Name of the inbox.", HelpName = "NAME", Required = true };
        inbox.CompletionSources.Add(Suggestions.Inboxes(surroundings));
        var name = new Option<string?>("--name") { Description = "Name in the inbox; default: the file's own.", HelpName = "NAME" };
        var target = SharedOptions.Target(surroundings, "Target; default: the inbox's.");
        var table = new Option<string?>("--table") { Description = "Table; default: named after the file.", HelpName = "N" };
        var append = new Option<bool>("--append") { Description = "Add the rows to the table instead of replacing it." };
        var dialect = new Option<string?>("--dialect") { Description = "How the file is written, as in a trigger: {\"delimiter\": \";\"}; default: found.", HelpName = "JSON" };
        var wait = new Option<bool>("--wait") { Description = "Show progress and exit with the outcome." };
        var timeout = SharedOptions.Timeout("With --wait: how long to wait before exiting with code 4.");
        var command = new Command("deliver", "Copy a file into an inbox and trigger its load. The file gets its name once it is complete; the trigger carries its length and hash.")
        {
            file, inbox, name, target, table, append, dialect, wait, timeout,
        };
        command.SetAction(async (parsed, token) =>
        {
            await using var loader = surroundings.Connect(parsed);
            var source = parsed.GetRequiredValue(file);
            var inboxName = parsed.GetRequiredValue(inbox);
            var said = new Manifest
            {
                Target = parsed.GetValue(target),
                Table = parsed.GetValue(table),
                Mode = parsed.GetValue(append) ? LoadMode.Append : null,
                Dialect = parsed.GetValue(dialect) is { } written ? ReadDialect(written) : null,
            };
            var delivery = loader.Services.GetRequiredService<Delivery>();
            var delivered = await delivery.DeliverAsync(source, inboxName, parsed.GetValue(name), said, null, token);
            surroundings.Out.WriteLine($"delivered {delivered.Inbox}/{Words.Plain(delivered.Dataset)} {Words.Bytes(delivered.Bytes)} sha256 {delivered.Sha256}");
            if (!parsed.GetValue(wait))
            {
                return ExitCodes.Done;
            }

            var (limit, since) = (parsed.GetValue(timeout), surroundings.Time.GetTimestamp());
            return await TriggeredLoad.WaitUntilAcceptedAsync(loader.Queries, surroundings, delivered, limit, token) is { } load
                ? await new LoadFollower(loader.Queries, surroundings).FollowAsync([load], limit, token, since)
                : ExitCodes.TimedOut;
        });
        return command;
    }

    /// <summary>Held against the rules of triggers before anything is copied.</summary>
    private static DialectSpec? ReadDialect(string json) => ManifestReader.Read(Encoding.UTF8.GetBytes($"{{ \"dialect\": {json} }}")).Dialect;
}
