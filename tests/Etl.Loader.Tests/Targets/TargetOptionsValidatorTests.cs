using Etl.Loader.Targets;

namespace Etl.Loader.Tests.Targets;

public class TargetOptionsValidatorTests
{
    [Theory]
    [InlineData("512MB", true)]
    [InlineData("128MB", true)]
    [InlineData("1.5 GiB", true)]
    [InlineData("2tb", true)]
    [InlineData("127MB", false)]
    [InlineData("1000", false)]
    [InlineData("80%", false)]
    [InlineData("1GB'; ATTACH 'x", false)]
    [InlineData("", false)]
    public void Memory_is_an_amount_that_DuckDB_can_work_with(string text, bool allowed) =>
        Check("MemoryLimit", allowed, options => options.MemoryLimit = text);

    [Theory]
    [InlineData(null, true)]
    [InlineData(1, true)]
    [InlineData(256, true)]
    [InlineData(0, false)]
    [InlineData(257, false)]
    public void Threads_are_counted_from_one(int? threads, bool allowed) => Check("Threads", allowed, options => options.Threads = threads);

    [Theory]
    [InlineData("/scratch", true)]
    [InlineData("scratch", false)]
    [InlineData("", false)]
    public void The_directory_for_temporary_files_is_absolute(string path, bool allowed) =>
        Check("TempDirectory", allowed, options => options.TempDirectory = path);

    [Theory]
    [InlineData("00:00:00", true)]
    [InlineData("01:00:00", true)]
    [InlineData("-00:00:01", false)]
    [InlineData("01:00:01", false)]
    public void The_window_for_readers_is_a_span_of_up_to_an_hour(string span, bool allowed) =>
        Check("ReaderWindow", allowed, options => options.ReaderWindow = TimeSpan.Parse(span, System.Globalization.CultureInfo.InvariantCulture));

    private static void Check(string key, bool allowed, Action<TargetOptions> set)
    {
        var target = new TargetOptions { Kind = TargetKind.DuckDb, Path = "/data/lake.duckdb" };
        set(target);
        var result = new TargetOptionsValidator().Validate(null, new LoaderOptions { Targets = { ["lake"] = target } });
        Assert.Equal(allowed ? [] : [$"Loader:Targets:lake:{key}"], result.Failures?.Select(f => f.Split(" is ")[0]) ?? []);
    }
}
