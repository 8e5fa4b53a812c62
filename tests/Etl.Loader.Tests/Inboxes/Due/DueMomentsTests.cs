using System.Globalization;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Inboxes.Triggers;

namespace Etl.Loader.Tests.Inboxes.Due;

public class DueMomentsTests
{
    /// <summary>Time, zone, now; then the due moment before that, the last one, and the next one. All moments in UTC.</summary>
    [Theory]
    [InlineData("06:00", "UTC", "2026-11-25 05:59", "2026-11-23 06:00", "2026-11-24 06:00", "2026-11-25 06:00")]
    [InlineData("06:00", "UTC", "2026-11-25 06:00", "2026-11-24 06:00", "2026-11-25 06:00", "2026-11-26 06:00")]
    [InlineData("00:00", "UTC", "2026-12-31 23:59", "2026-12-30 00:00", "2026-12-31 00:00", "2027-01-01 00:00")]
    [InlineData("23:59", "UTC", "2028-02-29 12:00", "2028-02-27 23:59", "2028-02-28 23:59", "2028-02-29 23:59")]
    [InlineData("06:00", "Europe/Zurich", "2026-07-01 03:59", "2026-06-29 04:00", "2026-06-30 04:00", "2026-07-01 04:00")]
    [InlineData("06:00", "Europe/Zurich", "2026-01-15 05:00", "2026-01-14 05:00", "2026-01-15 05:00", "2026-01-16 05:00")]
    // The day of the zone is not that of UTC.
    [InlineData("00:30", "Europe/Zurich", "2026-07-01 22:29", "2026-06-29 22:30", "2026-06-30 22:30", "2026-07-01 22:30")]
    [InlineData("20:00", "America/New_York", "2026-01-15 00:59", "2026-01-13 01:00", "2026-01-14 01:00", "2026-01-15 01:00")]
    [InlineData("01:00", "Pacific/Kiritimati", "2026-06-01 12:00", "2026-05-31 11:00", "2026-06-01 11:00", "2026-06-02 11:00")]
    // Clocks go from 02:00 to 03:00 on 2026-03-29: the day is 23 hours long for other times, and 02:30 does not exist.
    [InlineData("06:00", "Europe/Zurich", "2026-03-29 04:00", "2026-03-28 05:00", "2026-03-29 04:00", "2026-03-30 04:00")]
    [InlineData("02:30", "Europe/Zurich", "2026-03-29 00:59", "2026-03-27 01:30", "2026-03-28 01:30", "2026-03-29 01:00")]
    [InlineData("02:30", "Europe/Zurich", "2026-03-29 01:00", "2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30")]
    [InlineData("02:00", "Europe/Zurich", "2026-03-29 12:00", "2026-03-28 01:00", "2026-03-29 01:00", "2026-03-30 00:00")]
    // Clocks go from 03:00 back to 02:00 on 2026-10-25: 02:30 comes twice, the second counts.
    [InlineData("02:30", "Europe/Zurich", "2026-10-25 00:45", "2026-10-23 00:30", "2026-10-24 00:30", "2026-10-25 01:30")]
    [InlineData("02:30", "Europe/Zurich", "2026-10-25 01:30", "2026-10-24 00:30", "2026-10-25 01:30", "2026-10-26 01:30")]
    [InlineData("03:00", "Europe/Zurich", "2026-10-25 01:59", "2026-10-23 01:00", "2026-10-24 01:00", "2026-10-25 02:00")]
    // Half an hour of summer time, and a change at midnight.
    [InlineData("02:15", "Australia/Lord_Howe", "2026-10-03 16:00", "2026-10-02 15:45", "2026-10-03 15:30", "2026-10-04 15:15")]
    [InlineData("00:15", "America/Santiago", "2026-09-06 12:00", "2026-09-05 04:15", "2026-09-06 04:00", "2026-09-07 03:15")]
    public void Each_day_has_one_due_moment(string time, string zone, string now, string before, string last, string next)
    {
        var due = new DueTime(TimeOnly.ParseExact(time, "HH:mm", CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone));
        var (found, earlier) = DueMoments.Last(due, Utc(now));
        Assert.Equal([Utc(before), Utc(last), Utc(next)], [earlier, found, DueMoments.Next(due, Utc(now))]);
    }

    [Theory]
    [InlineData("Europe/Zurich")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Santiago")]
    [InlineData("Africa/Casablanca")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Pacific/Chatham")]
    public void Moments_of_two_years_rise_by_about_a_day_and_the_next_of_one_is_the_last_of_the_other(string zone)
    {
        for (var minute = 0; minute < 24 * 60; minute += 30)
        {
            var due = new DueTime(TimeOnly.MinValue.AddMinutes(minute), TimeZoneInfo.FindSystemTimeZoneById(zone));
            var at = Utc("2025-01-01 00:00");
            for (var day = 0; day < 730; day++)
            {
                var next = DueMoments.Next(due, at);
                Assert.InRange(next - at, TimeSpan.Zero, TimeSpan.FromHours(26));
                Assert.Equal(next, DueMoments.Last(due, next).Due);
                if (day > 1)
                {
                    Assert.Equal(at, DueMoments.Last(due, next).Before);
                    Assert.Equal(at, DueMoments.Last(due, next.AddTicks(-1)).Due);
                }

                at = next;
            }
        }
    }

    private static DateTimeOffset Utc(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
