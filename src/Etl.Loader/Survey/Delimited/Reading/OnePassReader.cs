using Etl.Loader.Survey.Delimited.Evidence;
using Etl.Loader.Survey.Delimited.Scanning;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>
/// Reads a dataset that no one has surveyed, and surveys it on the way: where the types of all columns are known before, there is nothing that
/// a pass of its own would have to find out first.
/// </summary>
/// <param name="types">The types that the records are read for.</param>
/// <param name="declared">
/// True: the producer says so, and a value that its type cannot take is rejected. False: they are those of the table, and a value that they cannot
/// take is a reason to survey the dataset, as is whatever a survey would not have read for these types.
/// </param>
internal sealed class OnePassReader(
    SurveyRequest request, DatasetSurvey sketch, IReadOnlyList<ColumnType> types, bool declared, ScanOptions options) : DatasetReader
{
    private Pass? _pass;

    public override IReadOnlyList<SourceFile> Files => request.Files;

    public override bool Surveys => true;

    public override bool HasParts(DatasetSurvey survey) => true;

    /// <remarks>What was loaded is read as well: its values are part of the survey.</remarks>
    public override IDatasetParts OpenParts(DatasetSurvey survey, int ahead, IReadOnlyCollection<LoadedPart> loaded)
    {
        _pass = new(request with { Token = Token }, sketch, types, declared, options);
        return new PartFeed(Files.Count, _pass.Open, ahead, options, new([], options.PartBytes));
    }

    public override IRecordReader Open(int file, Chunk? chunk = null) =>
        throw new NotSupportedException("A dataset that is surveyed while it is read is read as a whole.");

    public override DatasetSurvey Finish(DatasetSurvey survey) =>
        (_pass ?? throw new InvalidOperationException($"{Files[0].Name} was not read.")).Finish();

    /// <summary>One reading of all files, with all that is found out on it.</summary>
    private sealed class Pass(
        SurveyRequest request, DatasetSurvey sketch, IReadOnlyList<ColumnType> types, bool declared, ScanOptions options)
    {
        private readonly RejectBudget _budget = new(request.RejectsMax);
        private readonly ColumnProofs _proofs = new(asText: declared);
        private readonly FileSurvey?[] _read = new FileSurvey?[request.Files.Count];
        private readonly List<string> _notes = [];

        public DelimitedRecordReader Open(int number)
        {
            var file = request.Files[number];
            var scan = FileScan.Open(file, request.Dialect?.Encoding, null, request, options, _budget);
            try
            {
                scan.Scanner.Hash = new();
                var map = _proofs.Map(file.Name, scan.Names, scan.Dialect);
                var order = ColumnOrder.OfRecords(
                    request.Files[0].Name, [.. sketch.Columns.Select(column => column.Name)], file.Name, scan.Names, scan.Dialect.Header);
                return new(scan.Scanner, Scan, new(scan.Dialect, types, order), file, () => scan.BytesRead, AtEnd, scan) { TakesMisfits = declared };

                bool Scan(RecordBatch batch, List<RejectedRecord> rejects)
                {
                    var more = scan.Read(batch, rejects);
                    _proofs.Observe(batch, map);
                    return more;
                }
            }
            catch
            {
                scan.Dispose();
                throw;
            }

            void AtEnd()
            {
                scan.Settle(_proofs.Finish());
                _read[number] = scan.Finish([]);
                _notes.AddRange(scan.Notes().Select(note => DelimitedSurveyor.NoteOf(note, request.Files, file)));
            }
        }

        public DatasetSurvey Finish()
        {
            var files = _read
                .Select((read, number) => read ?? throw new InvalidOperationException($"{request.Files[number].Name} was not read to its end."))
                .ToList();
            var columns = _proofs.Finish();
            if (declared)
            {
                columns = [.. columns.Select((column, i) => column with { Type = types[i] })];
            }
            else
            {
                if (!request.EveryLineIsARow)
                {
                    TableEvidence.Check(request.Files, columns);
                }

                if (columns.Where((column, i) => !ColumnTypes.Holds(types[i], column.Type)).FirstOrDefault() is { } wider)
                {
                    throw new SurveyNeededException($"{wider.Name} needs a wider type.");
                }
            }

            return DelimitedSurveyor.Gather(files, columns, [.. _notes, .. _budget.Notes(), .. _proofs.Notes()]);
        }
    }
}
