using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Etl.Loader.App.Checking;
using Etl.Loader.App.Commands;
using Etl.Loader.App.Doctor;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Docs;

/// <summary><c>docs/cli.md</c> names every verb, option and field, and none that there is not.</summary>
public class CommandLinePageTests
{
    private static readonly string Page = Repository.Page("docs/cli.md");
    private static readonly RootCommand Root = CommandLine.Build(Surroundings.Real);

    public static TheoryData<string> Verbs => [.. Root.Subcommands.Select(c => c.Name)];

    public static TheoryData<string, string> Printed => new()
    {
        { "status", typeof(StatusCommand.Status).FullName! },
        { "loads", typeof(LoadSummary).FullName! },
        { "tables", typeof(LoadedTable).FullName! },
        { "show", typeof(LoadDetails).FullName! },
        { "doctor", typeof(Finding).FullName! },
        { "check", typeof(CheckResult).FullName! },
        { "rejects", typeof(RejectedRecord).FullName! },
    };

    [Theory]
    [MemberData(nameof(Verbs))]
    public void A_verb_has_a_section_with_its_arguments_and_options(string verb)
    {
        var section = Repository.Section(Page, verb);
        var command = Root.Subcommands.Single(c => c.Name == verb);
        Assert.All(command.Options.Where(o => o.Name != "--help"), option => Assert.Contains($"`{option.Name}", section, StringComparison.Ordinal));
        Assert.All(command.Arguments, argument => Assert.Contains(argument.Name, section, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_verb_of_the_page_exists() => Assert.Equal(
        Root.Subcommands.Select(c => c.Name).Order(StringComparer.Ordinal),
        Page.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]).Where(h => h.All(c => char.IsAsciiLetterLower(c) || c == '-')).Order(StringComparer.Ordinal));

    [Fact]
    public void Options_of_all_verbs_are_on_the_page() =>
        Assert.All(Root.Options.Where(o => o.Name is not ("--help" or "--version")), option => Assert.Contains($"`{option.Name}", Page, StringComparison.Ordinal));

    [Fact]
    public void Every_verb_that_prints_JSON_has_its_contract_here() => Assert.Equal(
        Root.Subcommands.Where(c => c.Options.Any(o => o.Name == "--json")).Select(c => c.Name).Order(StringComparer.Ordinal),
        Printed.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Printed))]
    public void Every_printed_field_is_on_the_page(string verb, string type)
    {
        var section = Repository.Section(Page, verb);
        var assemblies = new[] { typeof(LoadId).Assembly, typeof(StatusCommand).Assembly };
        var fields = new SortedSet<string>(StringComparer.Ordinal);
        Collect(assemblies.Select(a => a.GetType(type)).First(t => t is not null)!, fields, []);
        Assert.NotEmpty(fields);
        Assert.Equal("", string.Join(", ", fields.Where(field => !section.Contains($"`{field}`", StringComparison.Ordinal))));
    }

    private static void Collect(Type type, SortedSet<string> fields, HashSet<Type> seen)
    {
        var options = ApiJson.Configure(new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });
        foreach (var part in type.GetGenericArguments().Append(Nullable.GetUnderlyingType(type)).OfType<Type>())
        {
            Collect(part, fields, seen);
        }

        if (type.Namespace?.StartsWith("Etl.Loader", StringComparison.Ordinal) != true || !seen.Add(type) || options.GetTypeInfo(type).Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in options.GetTypeInfo(type).Properties.Where(p => p.Get is not null))
        {
            fields.Add(property.Name);
            Collect(property.PropertyType, fields, seen);
        }
    }
}
