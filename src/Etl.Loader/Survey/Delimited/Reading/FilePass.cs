using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>The one pass over one file of a dataset: proves its columns and cuts it into chunks.</summary>
internal sealed class FilePass(SourceFile file, SurveyRequest request, ScanOptions options, ColumnProofs proofs, RejectBudget budget)
{
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <param name="encoding">Null: find out.</param>
    /// <param name="end">Where the table ends, from a pass before; null: with the file.</param>
    /// <param name="before">Bytes of the files before, for progress.</param>
    public FileSurvey Run(string? encoding, TableEnd? end, long before, IProgress<long> bytesRead, CancellationToken token)
    {
        using var scan = FileScan.Open(file, encoding, end, request, options, budget);
        try
        {
            return Run(scan, before, bytesRead, token);
        }
        catch (InvalidDataException exception)
        {
            throw TextSource.Undecodable(file, exception);
        }
    }

    private FileSurvey Run(FileScan scan, long before, IProgress<long> bytesRead, CancellationToken token)
    {
        var map = proofs.Map(file.Name, scan.Names, scan.Dialect);
        var chunks = scan.IsPlain ? new ChunkList(scan.Scanner, options.ChunkBytes) : null;
        var batch = new RecordBatch();
        while (scan.Read(batch))
        {
            token.ThrowIfCancellationRequested();
            proofs.Observe(batch, map);
            chunks?.Advance();
            bytesRead.Report(before + scan.BytesRead);
        }

        scan.Settle(proofs.Finish());
        var survey = scan.Finish(chunks?.Finish() ?? []);
        bytesRead.Report(before + scan.BytesRead);
        Notes = [.. scan.Notes()];
        return survey;
    }
}
