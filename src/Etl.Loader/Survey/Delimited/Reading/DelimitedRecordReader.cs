using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>Reads one file or chunk, and at its end has what was read held against what the survey saw.</summary>
/// <param name="scan">Fills a batch and puts damaged records into the list.</param>
/// <param name="bytesRead">Delivered bytes of the file consumed so far.</param>
/// <param name="atEnd">Throws <see cref="DatasetException"/> where the file is not the one that was surveyed.</param>
/// <param name="source">Disposed of with the reader.</param>
internal sealed class DelimitedRecordReader(
    RecordScanner scanner,
    Func<RecordBatch, List<RejectedRecord>, bool> scan,
    BatchFinish finish,
    SourceFile file,
    Func<long> bytesRead,
    Action atEnd,
    IDisposable source) : IRecordReader
{
    private List<RejectedRecord> _rejects = [];
    private bool _ended;

    public IReadOnlyList<RejectedRecord> Rejects => _rejects;

    /// <summary>The damaged records since the last call, for anyone who reads a large file piece by piece.</summary>
    public IReadOnlyList<RejectedRecord> TakeRejects()
    {
        var taken = _rejects;
        _rejects = [];
        return taken;
    }

    /// <summary>Where the next record begins in the decoded text.</summary>
    public long NextOffset => scanner.NextOffset;

    public long BytesRead => bytesRead();

    public bool Read(RecordBatch batch)
    {
        try
        {
            while (scan(batch, _rejects))
            {
                if (batch.Rows > 0)
                {
                    finish.Apply(batch, scanner.DataEnd);
                    batch.BytesRead = bytesRead();
                    return true;
                }
            }
        }
        catch (InvalidDataException exception)
        {
            throw TextSource.Undecodable(file, exception);
        }

        if (!_ended)
        {
            atEnd();
            _ended = true;
        }

        return false;
    }

    /// <summary>Continues behind records that no one needs: so many bytes of the decoded text, and so many records, rejected ones counted.</summary>
    public void Skip(long bytes, long rows, CancellationToken token)
    {
        try
        {
            scanner.Skip(bytes, rows, token);
        }
        catch (InvalidDataException exception)
        {
            throw TextSource.Undecodable(file, exception);
        }
    }

    /// <summary>The <see cref="ChunkHash"/> of the records since the last call.</summary>
    public string FinishHash() => (scanner.Hash ??= new()).Finish();

    /// <summary>False: a value that its column's type cannot take is not a reject, but a reason to survey the dataset.</summary>
    public bool TakesMisfits { get; init; } = true;

    public RejectedRecord Reject(RecordBatch batch, int row, string? column, string reason) => TakesMisfits
        ? scanner.Describe(batch, row, column, reason)
        : throw new SurveyNeededException($"{file.Name}: {reason}");

    public void Dispose() => source.Dispose();
}
