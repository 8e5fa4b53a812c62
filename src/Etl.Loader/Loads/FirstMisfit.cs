using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Loads;

/// <summary>
/// The first value of a column that a type does not take, found by reading the dataset again up to it. The survey knows the types of whole
/// columns; this is for the message when one of them is a fault.
/// </summary>
internal sealed class FirstMisfit(IDatasetSurveyor surveyor, DatasetSurvey survey, IReadOnlyList<SourceFile> files)
{
    private const int ShownCharacters = 100;

    /// <summary>Null where the type takes every value, or where the dataset cannot be read as it was.</summary>
    public TypeExclusion? Find(int ordinal, ColumnType type, CancellationToken token)
    {
        var types = survey.Columns.Select((_, i) => i == ordinal && survey.Format == DataFormat.Delimited ? type : ColumnType.Text).ToList();
        try
        {
            return Find(surveyor.CreateReader(survey, files, types), ordinal, type, token);
        }
        catch (Exception exception) when (exception is LoaderException or IOException)
        {
            // The fault that is being reported is another; without a line it is still true.
            return null;
        }
    }

    private static TypeExclusion? Find(DatasetReader reader, int ordinal, ColumnType type, CancellationToken token)
    {
        reader.Token = token;
        var batch = new RecordBatch();
        for (var file = 0; file < reader.Files.Count; file++)
        {
            using var records = reader.Open(file);
            while (records.Read(batch))
            {
                token.ThrowIfCancellationRequested();
                for (var row = 0; row < batch.Rows; row++)
                {
                    if (!batch.IsNull(row, ordinal) && !TypeFit.Takes(type, batch.Value(row, ordinal)))
                    {
                        return new TypeExclusion(type.Kind, batch.Lines[row], Shorten(ValueFormats.AsWritten(batch.Value(row, ordinal))));
                    }
                }
            }
        }

        return null;
    }

    private static string Shorten(ReadOnlySpan<byte> value)
    {
        var text = System.Text.Encoding.UTF8.GetString(value[..Math.Min(value.Length, 4 * ShownCharacters)]);
        return text.Length <= ShownCharacters ? text : text[..(char.IsHighSurrogate(text[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters)];
    }
}
