namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// Something that depends on the table cannot take its new columns. Becomes the <see cref="DatasetException"/> that names column and line once the
/// table's lock is given back: the line is found by reading the dataset.
/// </summary>
/// <param name="columns">Columns that it uses; none: not known.</param>
internal sealed class ChangeRefusedException(string message, IReadOnlyList<string> columns, Exception inner) : Exception(message, inner)
{
    public DatasetException Explain(ColumnChanges? changes) => changes is { Names.Count: > 0 }
        ? changes.Refuse(Message, columns, this)
        : new DatasetException($"{Message}. Nothing was changed.", "Repair the data, or change what is named there if it no longer holds.", inner: this);
}
