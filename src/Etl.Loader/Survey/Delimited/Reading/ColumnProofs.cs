using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>The columns of a dataset and their proofs, over all its files: the first file settles names and order.</summary>
internal sealed class ColumnProofs(bool asText)
{
    private IReadOnlyList<string>? _names;
    private TypeProof[] _proofs = [];
    private string _first = "";

    /// <summary>For each column of the file its place among the dataset's. Throws <see cref="DatasetException"/> where they are not the same.</summary>
    public int[] Map(string file, IReadOnlyList<string> names, Dialect dialect)
    {
        if (_names is null)
        {
            var formats = new ValueFormats(dialect.Decimal, dialect.DateFormat, dialect.TimestampFormat);
            (_names, _first) = (names, file);
            _proofs = [.. names.Select((_, column) => new TypeProof(formats, asText, dialect.Padded?.Contains(column) == true))];
        }

        return ColumnOrder.Map(_first, _names, file, names, dialect.Header);
    }

    public void Observe(RecordBatch batch, int[] map)
    {
        for (var column = 0; column < map.Length; column++)
        {
            _proofs[map[column]].Observe(batch, column);
        }
    }

    public IReadOnlyList<SurveyedColumn> Finish() => [.. _proofs.Select((proof, i) => proof.Finish(_names![i]))];

    public IEnumerable<string> Notes() => _proofs.Select((proof, i) => proof.Note(_names![i])).OfType<string>();
}
