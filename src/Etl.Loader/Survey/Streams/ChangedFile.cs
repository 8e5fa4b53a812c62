namespace Etl.Loader.Survey.Streams;

/// <summary>The fault of a file that is not what its survey saw.</summary>
internal static class ChangedFile
{
    /// <param name="difference">Where or how it differs.</param>
    public static DatasetException Fault(SourceFile file, string difference, long? line = null, string? column = null) => new(
        $"{file.Name} changed between its survey and its reading ({difference}).",
        "Deliver it again: write it under another name, rename it when it is whole, then create the trigger.",
        file.Name,
        line,
        column);
}
