using Etl.Loader.Survey.Delimited.Dialects;
using Etl.Loader.Survey.Delimited.Evidence;
using Etl.Loader.Survey.Delimited.Reading;
using Etl.Loader.Survey.Delimited.Scanning;
using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.Delimited;

/// <summary>Survey and readers of csv, tsv and what is like them.</summary>
internal sealed class DelimitedSurveyor(ScanOptions? options = null) : IFormatSurveyor
{
    private readonly ScanOptions _options = options ?? new ScanOptions();

    public Task<DatasetSurvey> SurveyAsync(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token) =>
        Task.Run(() => Survey(request with { Token = token }, bytesRead, token), token);

    public DatasetReader CreateReader(DatasetSurvey survey, IReadOnlyList<SourceFile> files, IReadOnlyList<ColumnType> types) =>
        new DelimitedReader(survey, files, types, _options);

    public DatasetSurvey? Sketch(SurveyRequest request)
    {
        var proofs = new ColumnProofs(asText: true);
        var files = new List<FileSurvey>();
        foreach (var file in request.Files)
        {
            using var scan = FileScan.Open(file, request.Dialect?.Encoding, null, request, _options, new RejectBudget(long.MaxValue));
            proofs.Map(file.Name, scan.Names, scan.Dialect);
            files.Add(new() { Path = file.Name, Bytes = file.Bytes, Rows = 0, Sha256 = "", Dialect = scan.Dialect });
        }

        return Gather(files, [.. proofs.Finish().Select(column => column with { Type = new(request.TypesAsText ? TypeKind.Text : TypeKind.Empty) })], []);
    }

    public DatasetReader CreateOnePassReader(SurveyRequest request, DatasetSurvey sketch, IReadOnlyList<ColumnType> types, bool declared) =>
        new OnePassReader(request, sketch, types, declared, _options);

    /// <summary>The survey of a dataset out of those of its files.</summary>
    internal static DatasetSurvey Gather(IReadOnlyList<FileSurvey> files, IReadOnlyList<SurveyedColumn> columns, IReadOnlyList<string> notes) => new()
    {
        Format = DataFormat.Delimited,
        Files = files,
        Columns = columns,
        Rows = files.Sum(file => file.Rows),
        Bytes = files.Sum(file => file.Bytes),
        Sha256 = DatasetHash.Of(files),
        Notes = notes,
    };

    internal static string NoteOf(string text, IReadOnlyList<SourceFile> files, SourceFile file) => files.Count > 1 ? $"{text} ({file.Name})" : text;

    private DatasetSurvey Survey(SurveyRequest request, IProgress<long> bytesRead, CancellationToken token)
    {
        var encodings = request.Files.ToDictionary(file => file, _ => request.Dialect?.Encoding);
        var ends = new Dictionary<SourceFile, TableEnd>();
        while (true)
        {
            if (Pass(request, encodings, ends, bytesRead, token) is { } survey)
            {
                return survey;
            }
        }
    }

    /// <summary>
    /// One reading of all files. Null: some are not what they seemed, and all are to be read again. The files behind such a one are looked at for
    /// the same in this reading, so that thousands of them cost a few readings and not thousands.
    /// </summary>
    private DatasetSurvey? Pass(
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
        var again = false;
        foreach (var file in request.Files)
        {
            var pass = new FilePass(file, request, _options, proofs, budget);
            try
            {
                surveys.Add(pass.Run(encodings[file], ends.GetValueOrDefault(file), bytes, bytesRead, token));
                notes.AddRange(pass.Notes.Select(note => NoteOf(note, request.Files, file)));
                bytes += surveys[^1].Bytes;
                continue;
            }
            catch (OtherEncodingException other) when (encodings[other.File] is null)
            {
                encodings[other.File] = EncodingEvidence.Windows1252;
            }
            catch (OtherEndException other) when (!ends.ContainsKey(other.File))
            {
                ends[other.File] = other.End;
            }
            catch (DatasetException) when (again)
            {
                // What is wrong with this one shows again, where nothing before it was misread.
                return null;
            }

            (again, proofs, budget) = (true, new(request.TypesAsText), new(request.RejectsMax));
        }

        if (again)
        {
            return null;
        }

        var columns = proofs.Finish();
        if (!request.EveryLineIsARow)
        {
            TableEvidence.Check(request.Files, columns);
        }

        return Gather(surveys, columns, [.. notes, .. budget.Notes(), .. proofs.Notes()]);
    }
}
