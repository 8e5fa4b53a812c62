namespace Etl.Loader.Survey.Delimited;

/// <summary>Reads one file or chunk, and at its end holds what was read against what the survey saw.</summary>
internal sealed class DelimitedRecordReader(
    Stream text,
    RecordScanner scanner,
    BatchFinish finish,
    SourceFile file,
    Func<long> bytesRead,
    Func<(string Sha256, long NextRow)> read,
    (string Sha256, long NextRow) surveyed) : IRecordReader
{
    private readonly List<RejectedRecord> _rejects = [];
    private bool _checked;

    public IReadOnlyList<RejectedRecord> Rejects => _rejects;

    public bool Read(RecordBatch batch)
    {
        try
        {
            while (scanner.Read(batch))
            {
                _rejects.AddRange(scanner.Rejects.Select(reject => reject.Record));
                scanner.Rejects.Clear();
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

        if (!_checked && read() != surveyed)
        {
            throw new DatasetException(
                $"{file.Name} is not the file that was surveyed: it was changed while it was being loaded.",
                "Deliver it again, with a new trigger, once it is complete.",
                file.Name);
        }

        _checked = true;
        return false;
    }

    public RejectedRecord Reject(RecordBatch batch, int row, string? column, string reason) => scanner.Describe(batch, row, column, reason);

    public void Dispose() => text.Dispose();
}
