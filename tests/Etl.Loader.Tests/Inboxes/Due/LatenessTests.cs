using System.Globalization;
using Etl.Loader.Inboxes.Due;

namespace Etl.Loader.Tests.Inboxes.Due;

public class LatenessTests
{
    /// <summary>Due at 06:00 on the 24th (before) and the 25th; when the newest delivery came, and whether one came in time for the 24th.</summary>
    [Theory]
    [InlineData(null, false, true)]
    [InlineData("24 05:30", true, true)]
    [InlineData("24 06:00", true, true)]
    [InlineData("24 06:01", true, false)]
    [InlineData("25 05:59", true, false)]
    [InlineData("25 06:30", true, false)]
    [InlineData("24 06:30", false, true)]
    [InlineData("24 17:59", false, true)]
    [InlineData("24 18:00", false, false)]
    [InlineData("25 05:59", false, false)]
    [InlineData("25 07:00", false, false)]
    public void A_delivery_is_of_the_next_due_moment_and_after_a_missed_one_of_the_nearer(string? last, bool earlierCame, bool late) =>
        Assert.Equal(late, Lateness.IsLate(At("24 06:00"), At("25 06:00"), last is null ? null : At(last), earlierCame));

    private static DateTimeOffset At(string text) =>
        DateTimeOffset.ParseExact("2026-11-" + text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
