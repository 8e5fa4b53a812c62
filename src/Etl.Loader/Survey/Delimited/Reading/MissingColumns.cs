namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>The columns that the header names at its end and no record has: nulls.</summary>
internal static class MissingColumns
{
    public static void Add(RecordBatch batch, int missing)
    {
        if (missing == 0 || batch.Rows == 0)
        {
            return;
        }

        var (narrow, wide) = (batch.Columns, batch.Columns + missing);
        if (batch.Fields.Length < batch.Rows * wide)
        {
            var larger = new Field[Math.Max(batch.Rows * wide, batch.Fields.Length * 2)];
            batch.Fields.CopyTo(larger, 0);
            batch.Fields = larger;
        }

        for (var row = batch.Rows - 1; row >= 0; row--)
        {
            batch.Fields.AsSpan(row * narrow, narrow).CopyTo(batch.Fields.AsSpan(row * wide));
            batch.Fields.AsSpan(row * wide + narrow, missing).Fill(new(0, -1));
        }

        batch.Columns = wide;
    }
}
