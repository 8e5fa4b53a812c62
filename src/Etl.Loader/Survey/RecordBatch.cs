namespace Etl.Loader.Survey;

/// <summary>
/// Some records of a dataset, field by field, as UTF-8 text without quotes and escapes. Filled by a reader, used again and again:
/// nothing is allocated per row. Values of columns whose final type is not text are canonical (ISO dates, '.' as decimal point), those of text
/// columns are exactly as they are. Parquet readers give the canonical text of each value, so that every target needs one encoder per type.
/// </summary>
internal sealed class RecordBatch
{
    /// <summary>Bytes that the fields point into.</summary>
    public byte[] Data { get; set; } = [];

    /// <summary>Row by row, <see cref="Columns"/> fields each.</summary>
    public Field[] Fields { get; set; } = [];

    public int Columns { get; set; }
    public int Rows { get; set; }

    /// <summary>True: every field is valid UTF-8 without NUL, and needs no second look; false says nothing.</summary>
    public bool IsCleanText { get; set; }

    /// <summary>Physical line of each record, from 1 (Parquet: row number from 1).</summary>
    public long[] Lines { get; set; } = [];

    /// <summary>
    /// Where each record begins in the decoded text, from the file's start; one entry more than <see cref="Rows"/>, the last is the end.
    /// Parquet: row numbers.
    /// </summary>
    public long[] Offsets { get; set; } = [];

    /// <summary>Where <see cref="Data"/> begins in the decoded text, so that a record's raw bytes can be found in it.</summary>
    public long DataOffset { get; set; }

    /// <summary>Bytes of the delivered file consumed up to the end of this batch, for progress.</summary>
    public long BytesRead { get; set; }

    public ReadOnlySpan<byte> Value(int row, int column)
    {
        ref readonly var field = ref Fields[row * Columns + column];
        return Data.AsSpan(field.Start, field.Length);
    }

    /// <summary>Exchanges the contents of two batches.</summary>
    public void Swap(RecordBatch other)
    {
        (Data, other.Data) = (other.Data, Data);
        (Fields, other.Fields) = (other.Fields, Fields);
        (Columns, other.Columns) = (other.Columns, Columns);
        (Rows, other.Rows) = (other.Rows, Rows);
        (IsCleanText, other.IsCleanText) = (other.IsCleanText, IsCleanText);
        (Lines, other.Lines) = (other.Lines, Lines);
        (Offsets, other.Offsets) = (other.Offsets, Offsets);
        (DataOffset, other.DataOffset) = (other.DataOffset, DataOffset);
        (BytesRead, other.BytesRead) = (other.BytesRead, BytesRead);
    }

    public bool IsNull(int row, int column) => Fields[row * Columns + column].Length < 0;
}

/// <summary>A field inside <see cref="RecordBatch.Data"/>; <see cref="Length"/> -1 is null.</summary>
internal readonly record struct Field(int Start, int Length);
