using Hangfire.PostgreSql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Hangfire's tables without its recurring jobs. There are none of ours; one that someone wrote would be read, method and all, by the scheduler of every
/// lane and by a page of the dashboard.
/// </summary>
internal class LoadsOnlyConnection(PostgreSqlStorage storage) : PostgreSqlConnection(storage)
{
    private const string RecurringJobs = "recurring-jobs";

    public override HashSet<string> GetAllItemsFromSet(string key) => key == RecurringJobs ? [] : base.GetAllItemsFromSet(key);

    public override string? GetFirstByLowestScoreFromSet(string key, double fromScore, double toScore) =>
        key == RecurringJobs ? null : base.GetFirstByLowestScoreFromSet(key, fromScore, toScore);

    public override List<string> GetFirstByLowestScoreFromSet(string key, double fromScore, double toScore, int count) =>
        key == RecurringJobs ? [] : base.GetFirstByLowestScoreFromSet(key, fromScore, toScore, count);

    public override List<string> GetRangeFromSet(string key, int startingFrom, int endingAt) =>
        key == RecurringJobs ? [] : base.GetRangeFromSet(key, startingFrom, endingAt);

    public override long GetSetCount(string key) => key == RecurringJobs ? 0 : base.GetSetCount(key);
}
