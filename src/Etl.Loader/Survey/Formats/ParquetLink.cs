using System.Diagnostics;
using System.Globalization;

namespace Etl.Loader.Survey.Formats;

/// <summary>
/// A symbolic link to a data file, in a directory that only we may enter and under a name that has no meaning: DuckDB takes names apart
/// (patterns, <c>key=value</c> directories, addresses), so it never gets the producer's.
/// </summary>
internal sealed class ParquetLink : IDisposable
{
    private const string Prefix = "etl-loader-parquet-";
    private readonly DirectoryInfo _directory;

    public ParquetLink(SourceFile file)
    {
        RemoveLeftovers(System.IO.Path.GetTempPath(), IsAlive);
        _directory = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-");
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

    /// <summary>Removes the links of processes that died with a file open; the number in the name is the process's.</summary>
    internal static void RemoveLeftovers(string directory, Func<int, bool> isAlive)
    {
        foreach (var left in Directory.EnumerateDirectories(directory, Prefix + "*"))
        {
            var name = System.IO.Path.GetFileName(left)[Prefix.Length..];
            var dash = name.IndexOf('-', StringComparison.Ordinal);
            if (dash <= 0 || !int.TryParse(name[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var process) || isAlive(process))
            {
                continue;
            }

            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Another process removes it at this moment, or it is another user's.
            }
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
