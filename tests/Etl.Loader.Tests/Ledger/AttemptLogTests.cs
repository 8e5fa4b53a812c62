using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Ledger;

public class AttemptLogTests
{
    private static readonly DateTimeOffset Then = DateTimeOffset.UnixEpoch;

    [Fact]
    public void What_was_reported_is_read_back_as_it_was()
    {
        var log = new AttemptLog();
        log.Add(Then, "staging", stage: LoadStage.Staging);
        log.Add(Then.AddSeconds(1), "no \0 and \"quotes\" …", LogWeight.Error);

        Assert.Equal(
            [new LogLine(Then, LogWeight.Info, LoadStage.Staging, "staging"), new LogLine(Then.AddSeconds(1), LogWeight.Error, null, "no \uFFFD and \"quotes\" …")],
            AttemptLog.Read(log.Unwritten()));
    }

    [Fact]
    public void It_is_written_only_when_a_line_came()
    {
        var log = new AttemptLog();
        Assert.Null(log.Unwritten());
        log.Add(Then, "one");
        var first = log.Unwritten()!;
        log.Add(Then, "two");
        log.Written(first);
        var second = log.Unwritten()!;
        Assert.Equal(2, AttemptLog.Read(second).Count);
        log.Written(second);
        Assert.Null(log.Unwritten());
    }

    [Fact]
    public void Of_too_many_lines_the_beginning_and_the_end_are_kept()
    {
        var log = new AttemptLog();
        foreach (var line in Enumerable.Range(0, 1000))
        {
            log.Add(Then, $"line {line}");
        }

        var lines = AttemptLog.Read(log.Unwritten());
        Assert.Equal(AttemptLog.MaxLines, lines.Count);
        Assert.Equal(("line 0", "line 999"), (lines[0].Text, lines[^1].Text));
        Assert.Contains(lines, line => line.Text == "… 801 lines left out");
    }
}
