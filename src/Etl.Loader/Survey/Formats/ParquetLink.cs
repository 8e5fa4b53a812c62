namespace Etl.Loader.Survey.Formats;

/// <summary>
/// A symbolic link to a data file, in a directory that only we may enter and under a name that has no meaning: DuckDB takes names apart
/// (patterns, <c>key=value</c> directories, addresses), so it never gets the producer's.
/// </summary>
internal sealed class ParquetLink : IDisposable
{
    private readonly DirectoryInfo _directory;

    public ParquetLink(SourceFile file)
    {
        _directory = Directory.CreateTempSubdirectory("etl-loader-parquet-");
        Path = System.IO.Path.Combine(_directory.FullName, "data.parquet");
        try
        {
            if (Path.AsSpan().IndexOfAny("*?[=") >= 0)
            {
                throw new LoaderException(
                    $"The directory for temporary files, {System.IO.Path.GetTempPath()}, has one of * ? [ = in its name.",
                    "Set TMPDIR to another one.");
            }

            File.CreateSymbolicLink(Path, file.Path);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    public void Dispose()
    {
        try
        {
            _directory.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody cleaned the temporary files up: nothing is left to do.
        }
    }
}
