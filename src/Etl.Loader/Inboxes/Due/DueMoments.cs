using Etl.Loader.Inboxes.Triggers;

namespace Etl.Loader.Inboxes.Due;

/// <summary>
/// The moments of a <see cref="DueTime"/>, one each day of its zone. On a day whose clock jumps over the time it is the end of the jump; where the time
/// comes twice it is the second: no one is late while a clock on the wall still shows it ahead.
/// </summary>
internal static class DueMoments
{
    /// <summary>The last due moment that is not after the given one, and the one before that.</summary>
    public static (DateTimeOffset Due, DateTimeOffset Before) Last(DueTime due, DateTimeOffset now)
    {
        // A day more than seems needed: a zone may leave a day out, and the second 00:30 of a day lies close to the next one.
        var day = Day(due, now).AddDays(1);
        var found = Moment(due, day);
        while (found > now)
        {
            day = day.AddDays(-1);
            found = Moment(due, day);
        }

        return (found, Before(due, day, found));
    }

    /// <summary>The first due moment after the given one.</summary>
    public static DateTimeOffset Next(DueTime due, DateTimeOffset now)
    {
        var day = Day(due, now).AddDays(-1);
        var found = Moment(due, day);
        while (found <= now)
        {
            day = day.AddDays(1);
            found = Moment(due, day);
        }

        return found;
    }

    private static DateOnly Day(DueTime due, DateTimeOffset now) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, due.Zone).DateTime);

    /// <summary>A day that a zone left out has the moment of the day after it: the two are one.</summary>
    private static DateTimeOffset Before(DueTime due, DateOnly day, DateTimeOffset found)
    {
        var before = found;
        while (before >= found)
        {
            day = day.AddDays(-1);
            before = Moment(due, day);
        }

        return before;
    }

    private static DateTimeOffset Moment(DueTime due, DateOnly day)
    {
        var local = day.ToDateTime(due.At);
        while (due.Zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        // The smaller offset is the later moment.
        var offset = due.Zone.IsAmbiguousTime(local) ? due.Zone.GetAmbiguousTimeOffsets(local).Min() : due.Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
