using Etl.Loader.Files;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Survey;

/// <summary>A data file that was found to be inside its inbox and may be opened.</summary>
/// <param name="Name">Path inside the inbox, for messages.</param>
/// <param name="Path">Absolute path, for who opens it by name: a user's own file that is not in any inbox.</param>
internal sealed record SourceFile(string Name, string Path)
{
    /// <summary>Where the file is in an inbox: it opens beneath it, as the file that was found there, or not at all.</summary>
    public PinnedFile? Pin { get; init; }

    public long Bytes => Pin?.Found.Bytes ?? new FileInfo(Path).Length;

    /// <summary>Opens the file for reading. Throws as <see cref="PinnedFile.Open"/> and <see cref="RegularFile.Open"/>.</summary>
    public SafeFileHandle Open() => Pin?.Open() ?? RegularFile.Open(Path, out _);
}

/// <summary>A record that is not loaded, as people need it to repair it.</summary>
internal sealed record RejectedRecord(string File, long Line, long Offset, long Bytes, string? Column, string Reason, string Raw);

/// <summary>Reads the records of a dataset, from the start or part by part.</summary>
internal abstract class DatasetReader
{
    /// <summary>The files, in the survey's order.</summary>
    public abstract IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Ends every reading, at its next bytes; to be set before the first is opened.</summary>
    public CancellationToken Token { get; set; }

    /// <summary>True: the survey is a sketch until everything was read.</summary>
    public virtual bool Surveys => false;

    /// <summary>Opens one file; with a chunk only that part. The reader is for one thread.</summary>
    public abstract IRecordReader Open(int file, Chunk? chunk = null);

    /// <summary>True where several threads may share the work: there may be more than one part.</summary>
    public virtual bool HasParts(DatasetSurvey survey) => survey.Files.Sum(file => Math.Max(1, file.Chunks.Count)) > 1;

    /// <summary>Begins to hand out the whole dataset in parts, the same ones each time.</summary>
    /// <param name="ahead">How many parts may be read before someone asks for them, where they must be read in order.</param>
    /// <param name="loaded">Parts of which nothing but the hash is asked for: they are handed out, but may be without records.</param>
    public virtual IDatasetParts OpenParts(DatasetSurvey survey, int ahead, IReadOnlyCollection<LoadedPart> loaded) =>
        new ListedParts(survey.Files.SelectMany(PartsOf));

    /// <summary>Begins to hand out the whole dataset to one thread: what need not be read in pieces is one part.</summary>
    public virtual IDatasetParts OpenInOrder(DatasetSurvey survey, int ahead) => OpenParts(survey, ahead, []);

    /// <summary>
    /// The survey of what was read. It is the one given, unless that was only a sketch: then the dataset was surveyed while it was read, and
    /// every record must have been.
    /// </summary>
    public virtual DatasetSurvey Finish(DatasetSurvey survey) => survey;

    protected IEnumerable<DatasetPart> PartsOf(FileSurvey file, int number) => file.Chunks.Count == 0
        ? [WholeOf(file, number)]
        : file.Chunks.Select(chunk => new DatasetPart(number, chunk.Offset, chunk.Offset, chunk.Bytes, chunk.Hash, () => Open(number, chunk)));

    protected DatasetPart WholeOf(FileSurvey file, int number) => new(number, 0, 0, file.Bytes, file.Sha256, () => Open(number));
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
