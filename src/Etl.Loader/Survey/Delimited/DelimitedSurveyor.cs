using Etl.Loader.Survey.Formats;

namespace Etl.Loader.Survey.Delimited;

/// <summary>Survey and readers of csv, tsv and what is like them.</summary>
internal sealed class DelimitedSurveyor(ScanOptions? options = null) : IFormatSurveyor
{
    private readonly ScanOptions _options = options ?? new ScanOptions();

    public Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token) =>
        Task.Run(() => Survey(request, bytesRead, token), token);

    public DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types) =>
        new DelimitedReader(survey, files, types, _options);

    private DatasetSurvey Survey(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token)
    {
        var encodings = request.Files.ToDictionary(file => file, _ => request.Dialect?.Encoding);
        var ends = new Dictionary<SourceFile, TableEnd>();
        while (true)
        {
            try
            {
                return Survey(request, encodings, ends, bytesRead, token);
            }
            catch (OtherEncodingException other) when (encodings[other.File] is null)
            {
                encodings[other.File] = EncodingEvidence.Windows1252;
            }
            catch (OtherEndException other) when (!ends.ContainsKey(other.File))
            {
                ends[other.File] = other.End;
            }
        }
    }

    private DatasetSurvey Survey(
        SurveyRequest request,
        Dictionary<SourceFile, string?> encodings,
        Dictionary<SourceFile, TableEnd> ends,
        IProgress<long> bytesRead,
        CancellationToken token)
    {
        var proofs = new ColumnProofs(request.TypesAsText);
        var budget = new RejectBudget(request.RejectsMax);
        var surveys = new List<FileSurvey>();
        var notes = new List<string>();
        long bytes = 0;
        foreach (var file in request.Files)
        {
            var pass = new FilePass(file, request, _options, proofs, budget);
            surveys.Add(pass.Run(encodings[file], ends.GetValueOrDefault(file), bytes, bytesRead, token));
            notes.AddRange(pass.Notes);
            bytes += surveys[^1].Bytes;
        }

        if (budget.Count > 0)
        {
            notes.Add($"{budget.Count} damaged records rejected");
        }

        var columns = proofs.Finish();
        if (!request.EveryLineIsARow)
        {
            TableEvidence.Check(request.Files, columns);
        }

        return new()
        {
            Format = DataFormat.Delimited,
            Files = surveys,
            Columns = columns,
            Rows = surveys.Sum(survey => survey.Rows),
            Bytes = bytes,
            Sha256 = DatasetHash.Of(surveys),
            Notes = [.. notes, .. proofs.Notes()],
        };
    }
}
