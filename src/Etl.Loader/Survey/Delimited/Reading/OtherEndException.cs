namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>The table ends before the file does, which only its end showed: the file must be read again with that known.</summary>
internal sealed class OtherEndException(SourceFile file, TableEnd end) : SurveyNeededException($"The table in {file.Name} ends at byte {end.Offset}.")
{
    public SourceFile File => file;

    public TableEnd End => end;
}

/// <param name="Offset">In the decoded text, from the file's start.</param>
/// <param name="What">What is behind it, for the receipt.</param>
internal sealed record TableEnd(long Offset, string What);
