using System.Text.RegularExpressions;

namespace Etl.Loader.Tests.Docs;

/// <summary>The newcomer's tour in <c>CONTRIBUTING.md</c> names files, types and members that exist, in the folders that it says.</summary>
public sealed partial class TourTests
{
    private static readonly string Tour = Repository.Section(Repository.Page("CONTRIBUTING.md"), "A tour in five files");
    private static readonly ILookup<string, Type> Types = typeof(LoadId).Assembly.GetTypes().Where(t => !t.IsNested).ToLookup(t => t.Name);

    [Fact]
    public void The_tour_has_five_files_that_exist()
    {
        var files = FileName().Matches(Tour).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(5, files.Length);
        Assert.All(files, file => Assert.True(Repository.Exists("src/Etl.Loader/" + file), file));
    }

    [Fact]
    public void Every_type_and_member_of_the_tour_exists()
    {
        var named = Name().Matches(Tour).ToArray();
        Assert.NotEmpty(named);
        Assert.Equal("", string.Join(", ", named.Where(m => !Exists(m.Groups["type"].Value, m.Groups["member"].Value)).Select(m => m.Value)));
    }

    [Fact]
    public void The_walk_changes_rooms_three_times_and_each_type_is_in_the_room_of_its_row()
    {
        var rows = Row().Matches(Tour).Select(m => (Room: m.Groups[1].Value, Types: m.Groups[2].Value)).ToArray();
        Assert.Equal(["Inboxes", "Queue", "Loads", "Inboxes"], rows.Select(r => r.Room));
        foreach (var (room, types) in rows)
        {
            // What stands in brackets is asked for something and belongs to other rooms.
            var walked = Name().Matches(Bracket().Replace(types, "")).Select(m => m.Groups["type"].Value).ToArray();
            Assert.NotEmpty(walked);
            Assert.All(walked, type => Assert.StartsWith($"Etl.Loader.{room}", Types[type].Single().Namespace, StringComparison.Ordinal));
        }
    }

    private static bool Exists(string type, string member) =>
        Types.Contains(type) && (member.Length == 0 || Types[type].Any(t => t.GetMethod(member) is not null));

    [GeneratedRegex(@"`([A-Za-z/]+\.cs)`")]
    private static partial Regex FileName();

    [GeneratedRegex(@"`(?<type>(?!Inboxes|Queue|Loads)I?[A-Z][a-z][A-Za-z]+)(\.(?<member>[A-Z][A-Za-z]+))?`")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\| `(\w+)` \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex Bracket();
}
