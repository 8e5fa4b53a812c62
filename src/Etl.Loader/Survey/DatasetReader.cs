namespace Etl.Loader.Survey;

/// <summary>A data file that was found to lie inside its inbox and may be opened.</summary>
/// <param name="Name">Path inside the inbox, for messages.</param>
/// <param name="Path">Absolute path with every symbolic link resolved.</param>
internal sealed record SourceFile(string Name, string Path);

/// <summary>A record that is not loaded, as people need it to repair it.</summary>
internal sealed record RejectedRecord(string File, long Line, long Offset, long Bytes, string? Column, string Reason, string Raw);

/// <summary>Reads the records of a surveyed dataset, from the start or chunk by chunk.</summary>
internal abstract class DatasetReader
{
    /// <summary>The files, in the survey's order.</summary>
    public abstract IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Opens one file; with a chunk only that part. The reader is for one thread.</summary>
    public abstract IRecordReader Open(int file, Chunk? chunk = null);
}

/// <summary>A forward reader of records. Damaged records are left out of the batch and handed to <see cref="Rejects"/>.</summary>
internal interface IRecordReader : IDisposable
{
    /// <summary>Fills the batch with the next records; false when there are none left.</summary>
    bool Read(RecordBatch batch);

    /// <summary>Describes a record of the batch just read as rejected, with its raw text: for values that a target's type cannot take.</summary>
    RejectedRecord Reject(RecordBatch batch, int row, string? column, string reason);

    /// <summary>Records of this reading that could not be taken apart, in file order.</summary>
    IReadOnlyList<RejectedRecord> Rejects { get; }
}
