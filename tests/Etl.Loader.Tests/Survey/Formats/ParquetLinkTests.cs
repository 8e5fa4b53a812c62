using Etl.Loader.Survey.Formats;

namespace Etl.Loader.Tests.Survey.Formats;

public class ParquetLinkTests
{
    [Fact]
    public void Links_of_dead_processes_are_removed_and_no_others()
    {
        var directory = Directory.CreateTempSubdirectory("etl-loader-links-").FullName;
        string[] names = ["etl-loader-parquet-7-abc", "etl-loader-parquet-8-abc", "etl-loader-parquet-x", "other-7-abc"];
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.Combine(directory, name));
        }

        ParquetLink.RemoveLeftovers(directory, process => process == 8);

        Assert.Equal(names[1..], Directory.EnumerateDirectories(directory).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal));
        Directory.Delete(directory, recursive: true);
    }
}
