namespace Etl.Loader.Survey;

/// <summary>Reading a dataset once came upon something that only a survey of the whole can settle; nothing is at fault.</summary>
internal class SurveyNeededException(string message) : Exception(message);

/// <summary>A file whose sample was ASCII has bytes that are not UTF-8: it must be read again as windows-1252.</summary>
internal sealed class OtherEncodingException(SourceFile file) : SurveyNeededException($"{file.Name} is not UTF-8.")
{
    public SourceFile File => file;
}
