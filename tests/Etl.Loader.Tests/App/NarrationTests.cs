using System.Text;
using Etl.Loader.App.Output;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.App;

public class NarrationTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringBuilder _printed = new();

    [Fact]
    public void A_person_sees_that_something_long_continues()
    {
        using (var reported = new Narration(For(interactive: true)))
        {
            reported.Say("making a cluster");
            _time.Advance(TimeSpan.FromSeconds(4));
            reported.Say("starting it");
            _time.Advance(TimeSpan.FromSeconds(1));
            reported.Rest();
            _time.Advance(TimeSpan.FromSeconds(9));
        }

        Assert.Equal("  0.0 s  making a cluster...\n  4.0 s  starting it\n", _printed.ToString());
    }

    [Fact]
    public void A_file_gets_whole_lines_at_once()
    {
        using var reported = new Narration(For(interactive: false));

        reported.Say("making a cluster");
        _time.Advance(TimeSpan.FromSeconds(9));

        Assert.Equal("  0.0 s  making a cluster\n", _printed.ToString());
    }

    private Surroundings For(bool interactive) => new()
    {
        Out = new StringWriter(_printed) { NewLine = "\n" },
        Error = TextWriter.Null,
        Time = _time,
        Interactive = interactive,
        Access = (_, _) => throw new InvalidOperationException("not asked for"),
    };
}
